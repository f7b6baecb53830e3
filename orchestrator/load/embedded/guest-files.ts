/** True for a file of the interpreter's own side; a stack trace shows the script's files only. */
export function isGuestFile(file: string): boolean {
  return (
    /orchestrator\/load\/(embedded\/k6\/|summary\/returned\.ts$)/.test(file) ||
    file.endsWith('showrunner-entry') ||
    file.includes('k6-defaults:')
  );
}
