import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { processFailure } from '../running/failures.ts';
import { clusterShape } from '../running/postgres-settings.ts';
import type { SchemaFile } from '../running/seed.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import type { RunState } from './run-state.ts';

/** An entry nobody used for this long is removed when another one is stored. */
const keepMs = 30 * 24 * 3600 * 1000;

export interface CacheKeyParts {
  readonly schema: readonly SchemaFile[];
  readonly seed: string;
  readonly serverVersion: string;
}

/** The address of a seeded data folder by everything that shapes it. */
export function cacheKey(parts: CacheKeyParts): string {
  return createHash('sha256')
    .update(JSON.stringify([parts, clusterShape]))
    .digest('hex')
    .slice(0, 32);
}

/** Seeded data folders, kept stopped: `<cacheDir>/databases/<key>/{data,manifest.json}`. Any number of runs may use it at once. */
export class DatabaseCache {
  readonly #root: string;
  readonly #entry: string;
  readonly #state: RunState;
  readonly #processes: RunProcesses;

  constructor(cacheDir: string, key: string, run: { readonly state: RunState; readonly processes: RunProcesses }) {
    this.#root = join(cacheDir, 'databases');
    this.#entry = join(this.#root, key);
    this.#state = run.state;
    this.#processes = run.processes;
  }

  /** Copies the entry to `dataDir`; false when there is none or it is not whole. */
  async restore(dataDir: string): Promise<boolean> {
    if (!existsSync(this.#entry)) return false;
    if (!isWhole(this.#entry)) {
      this.drop();
      return false;
    }
    await copyTree(this.#processes, join(this.#entry, 'data'), dataDir);
    return true;
  }

  /** Says that the entry is in use, so that it is kept. */
  touch(): void {
    utimesSync(this.#entry, new Date(), new Date());
  }

  /** Keeps a copy of a stopped server's folder. Whoever comes first wins: equal keys have equal content. */
  async store(dataDir: string): Promise<void> {
    const temporary = join(this.#root, `.new-${process.pid}-${Date.now()}`);
    this.#state.registerDir(temporary);
    mkdirSync(temporary, { recursive: true });
    try {
      await copyTree(this.#processes, dataDir, join(temporary, 'data'));
      writeFileSync(join(temporary, 'manifest.json'), JSON.stringify(sizes(join(temporary, 'data'))));
      if (!existsSync(this.#entry)) renameSync(temporary, this.#entry);
      this.#prune();
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  drop(): void {
    rmSync(this.#entry, { recursive: true, force: true });
  }

  #prune(): void {
    for (const name of readdirSync(this.#root)) {
      const entry = join(this.#root, name);
      const { mtimeMs = Date.now() } = statSync(entry, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > keepMs) rmSync(entry, { recursive: true, force: true });
    }
  }
}

/** Copies a folder with owners, modes and times; shares the blocks where the file system can. */
async function copyTree(processes: RunProcesses, from: string, to: string): Promise<void> {
  const cp = running(processes, 'cp', ['-a', '--reflink=auto', from, to]);
  const exit = await cp.ended;
  if (exit !== 'exit code 0') throw await processFailure(cp, `of ${from} failed with ${exit}`);
}

/**
 * The same for a folder that everybody shall read: its files are linked where they are open to all, as `sample` is, and both folders are on
 * one file system, which takes no time; else they are copied and opened.
 */
export async function shareTree(processes: RunProcesses, from: string, to: string, sample: string): Promise<void> {
  const isOpen = (statSync(sample).mode & 0o005) === 0o005;
  const isLinked = isOpen && (await running(processes, 'cp', ['-al', from, to]).ended) === 'exit code 0';
  if (!isLinked) {
    rmSync(to, { recursive: true, force: true });
    await copyTree(processes, from, to);
    const opening = running(processes, 'chmod', ['-R', 'a+rX', to]);
    if ((await opening.ended) !== 'exit code 0') throw await processFailure(opening, `could not open ${to}`);
  }
  chmodSync(to, 0o755);
}

function running(processes: RunProcesses, command: 'cp' | 'chmod', args: readonly string[]): RunningProcess {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  return processes.start({ name: 'copy', command, args, env, stop: 'TERM' });
}

/** Whether every file has the size it had when it was stored: what an interrupted write or a full disk leaves is seen, not a changed bit. */
function isWhole(entry: string): boolean {
  try {
    return readFileSync(join(entry, 'manifest.json'), 'utf8') === JSON.stringify(sizes(join(entry, 'data')));
  } catch {
    // No manifest, or one that cannot be read: not whole, and made anew.
    return false;
  }
}

function sizes(dir: string): Record<string, number> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [path.slice(dir.length), statSync(path).size]));
}
