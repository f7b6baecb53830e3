import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same pid. */
export interface Identity {
  readonly pid: number;
  /** Linux: clock ticks from boot to its start. Elsewhere what `ps -o lstart=` prints. */
  readonly startTime: string;
}

/** When a process started, as an opaque text; undefined when there is none, or when it is dead and only not yet waited for. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startTimeByPs(pid);
  const fields = statFields(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

export function isAlive({ pid, startTime }: Identity): boolean {
  return startTimeOf(pid) === startTime;
}

/** The fields of /proc/<pid>/stat from `state` (field 3) on; undefined when there is no such process. */
export function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may itself contain parentheses and spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether reading from /proc failed because the process ended meanwhile. */
export function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}

function startTimeByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    // ps exits with 1 when there is no such process.
    return undefined;
  }
}
