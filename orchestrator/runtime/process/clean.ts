import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { guardScript } from './guard.ts';
import { isAlive } from './identity.ts';
import { ownerOf, removeState, stateRoot } from './run-state.ts';

/** What was left of killed runs and what became of it. */
export interface CleanReport {
  /** Runs whose orchestrator is gone. */
  readonly runs: readonly string[];
  /** One line for each process ended and each folder removed. */
  readonly done: readonly string[];
  /** Folders that could not be removed. */
  readonly left: readonly string[];
}

/** How long a run may take from making its folder to writing whose it is. */
const birthMs = 10_000;

/** Ends and removes what is left of runs whose orchestrator is gone. A live run is never touched; a reused pid is not taken for one. */
export async function cleanRuns(): Promise<CleanReport> {
  const root = stateRoot();
  const dead = existsSync(root) ? readdirSync(root).filter((name) => isDead(join(root, name))) : [];
  const done = await Promise.all(dead.map((name) => clean(join(root, name))));
  return {
    runs: dead,
    done: done.flat(),
    left: dead.map((name) => join(root, name)).filter((dir) => existsSync(dir)),
  };
}

function isDead(dir: string): boolean {
  const owner = ownerOf(dir);
  if (owner) return !isAlive(owner.orchestrator);
  const { mtimeMs } = statSync(dir, { throwIfNoEntry: false }) ?? {};
  return mtimeMs !== undefined && Date.now() - mtimeMs > birthMs;
}

async function clean(dir: string): Promise<readonly string[]> {
  const running = promisify(execFile)('/bin/sh', ['-c', guardScript, 'guard', dir, 'clean']);
  // The end of stdin is what the guard waits for.
  running.child.stdin?.end();
  const { stdout } = await running;
  removeState(dir);
  return stdout.split('\n').filter(Boolean);
}
