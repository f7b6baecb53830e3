import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { RunEvent } from '../../orchestrator/conductor/events.ts';

export const root = resolve(import.meta.dirname, '../..');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line under way, in the real program. */
export interface Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `showrunner …` as a user would, through its bin; on processes and the embedded engine unless told otherwise, whatever else is there. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [join(root, 'orchestrator/bin.mjs'), ...args], {
    env: {
      ...process.env,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      SHOWRUNNER_RUNTIME: 'process',
      SHOWRUNNER_ENGINE: 'embedded',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { process: child, finished };
}

export const showrunner = (...args: readonly string[]): Promise<Finished> => start(args).finished;

export const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `showrunner-test-${name}-`));

/** A temporary folder with these files, by their paths in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder('files');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The folder of the only run below `runsDir`. */
export function onlyRun(runsDir: string): string {
  const [run, ...others] = existsSync(runsDir) ? readdirSync(runsDir) : [];
  if (run === undefined || others.length > 0)
    throw new Error(`expected one run in ${runsDir}, found ${String(others.length + (run ? 1 : 0))}`);
  return join(runsDir, run);
}

/** The events written so far; a line that is still being written is left out. */
export function eventsSoFar(runsDir: string): RunEvent[] {
  if (!existsSync(runsDir)) return [];
  return readdirSync(runsDir)
    .map((run) => join(runsDir, run, 'journal.jsonl'))
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as RunEvent);
}

/** Polls until `probe` gives something, at most `timeoutMs`. */
export async function eventually<T>(what: string, timeoutMs: number, probe: () => T | undefined): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within ${timeoutMs} ms`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
