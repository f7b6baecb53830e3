import { appendFileSync, chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { isReachable } from './postgres-binaries.ts';
import { type Identity, startTimeOf } from './identity.ts';

export type StopSignal = 'TERM' | 'QUIT';

/**
 * What a run leaves on disk so that others (its guard, `showrunner clean`) can end it without its memory:
 * `run.json` (whose run), `processes` (pid, start time, stop signal and name, tab separated), `dirs` (what to remove), `last-will`
 * (a command to run at the end).
 */
export interface RunState {
  /** The run's temporary folder; removed with the run. */
  readonly dir: string;
  register(pid: number, stop: StopSignal, name: string): void;
  /** What the guard runs when the signals have done their work and the folders are still there; undefined takes it back. */
  setLastWill(command: readonly string[] | undefined): void;
  /** A folder outside `dir` that must not outlive the run. */
  registerDir(dir: string): void;
}

/** Whose run it is, as `run.json` says. */
export interface RunOwner {
  readonly runId: string;
  readonly orchestrator: Identity;
}

/** Every run of this user has a folder in here. */
export function stateRoot(): string {
  // A temporary folder closed to the user that Postgres runs as is of no use.
  const temporary = isReachable(tmpdir()) ? tmpdir() : '/tmp';
  return join(temporary, `showrunner-${process.getuid?.() ?? 'user'}`);
}

export function createRunState(runId: string): RunState {
  const root = ensureRoot();
  const dir = join(root, runId);
  try {
    mkdirSync(dir);
  } catch (error) {
    throw new ShowrunnerError('run-exists', `${dir} exists: a run of this name is playing`, {
      exitCode: exitCodes.environment,
      hint: 'wait for it to end, or run `showrunner clean` if it has been killed',
      cause: error,
    });
  }
  // Postgres does not run as root: its user must be able to reach its folder in here, but not to list this one.
  chmodSync(dir, 0o711);
  const owner: RunOwner = { runId, orchestrator: { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' } };
  writeFileSync(join(dir, 'processes'), '');
  writeFileSync(join(dir, 'dirs'), '');
  writeFileSync(join(dir, 'run.json'), JSON.stringify(owner));
  return {
    dir,
    register: (pid, stop, name) =>
      appendFileSync(join(dir, 'processes'), `${pid}\t${startTimeOf(pid) ?? ''}\t${stop}\t${name}\n`),
    setLastWill(command) {
      const file = join(dir, 'last-will');
      if (command) writeFileSync(file, command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '));
      else rmSync(file, { force: true });
    },
    registerDir: (path) => appendFileSync(join(dir, 'dirs'), `${path}\n`),
  };
}

/** Reads `run.json` of a state folder; undefined when its run has not got that far, or is gone. */
export function ownerOf(dir: string): RunOwner | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as RunOwner;
  } catch {
    return undefined;
  }
}

export function removeState(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function ensureRoot(): string {
  const root = stateRoot();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(root);
  // Everyone may write to the temporary folder: a folder that somebody else put there is not ours to trust.
  if (process.getuid && (uid !== process.getuid() || !lstatSync(root).isDirectory())) {
    throw new ShowrunnerError('unsafe-temp', `${root} belongs to another user`, {
      exitCode: exitCodes.environment,
      hint: 'remove it, or set TMPDIR to a folder of your own',
    });
  }
  // Not by mkdir, which leaves out what the umask hides.
  chmodSync(root, 0o711);
  return root;
}
