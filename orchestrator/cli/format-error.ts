import { type Problem, ProblemsError, type ShowrunnerError } from '../errors.ts';

/** An error as every command writes it to stderr: what is wrong, and what to do. */
export function formatError(error: ShowrunnerError): string {
  if (error instanceof ProblemsError) return `${error.problems.map(formatProblem).join('\n')}\n${error.message}\n`;
  const log = error.logTail.map((line) => `  | ${line}\n`).join('');
  return `showrunner: ${error.message} [${error.code}]\n${log}${error.hint ? `  → ${error.hint}\n` : ''}`;
}

/** `file:line:col: message`, the line with a caret, and what to write instead. */
function formatProblem({ at, message, excerpt, hint }: Problem): string {
  const gutter = `${at.line} | `;
  const source = excerpt === undefined ? '' : `\n  ${gutter}${excerpt}\n  ${' '.repeat(gutter.length + at.col - 1)}^`;
  return `${at.file}:${at.line}:${at.col}: ${message}${source}${hint ? `\n  → ${hint}` : ''}\n`;
}
