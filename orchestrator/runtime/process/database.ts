import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { readSchema, seed } from '../running/seed.ts';
import { cacheKey, DatabaseCache, shareTree } from './database-cache.ts';
import { findPostgres, isReachable, movedTo, type PostgresBinaries, postgresOwner } from './postgres-binaries.ts';
import { type Cluster, initialise, startPostgres } from './postgres.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import type { RunState } from './run-state.ts';

export interface DatabaseOptions {
  readonly state: RunState;
  readonly processes: RunProcesses;
  readonly port: number;
  readonly schemaDir: string;
  readonly cacheDir: string;
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Starts Postgres with the seeded database `shop`: from a copy of the cache when it has one, else made and stored there. */
export async function startDatabase(options: DatabaseOptions): Promise<RunningProcess> {
  const { state, processes, port, signal, progress } = options;
  const [installed, schema] = await Promise.all([findPostgres(), readSchema(options.schemaDir)]);
  const binaries = await reachable(installed, options);
  const cluster: Cluster = { processes, binaries, dataDir: join(state.dir, 'database'), port, signal };
  const key = cacheKey({ schema, seed: options.seed, serverVersion: binaries.version });
  const cache = new DatabaseCache(options.cacheDir, key, options);
  const cached = await startCached(cache, cluster, options);
  if (cached) return cached;
  progress('making the database (later runs reuse it)');
  makeOwned(cluster.dataDir);
  await initialise(cluster);
  const seeding = await startPostgres(cluster, true);
  await seed(port, schema, options.seed);
  // A fast shutdown writes everything; the pid file must be gone before the next start is waited for.
  await seeding.stop(20_000, 'SIGINT');
  await keep(async () => {
    const exit = seeding.running ? 'never' : await seeding.ended;
    if (exit !== 'exit code 0') throw new Error(`its server did not end in order: ${exit}`);
    await cache.store(cluster.dataDir);
  }, options);
  return startPostgres(cluster);
}

/** Starts the server on a copy of the cached database; undefined where there is none, or none that starts. */
async function startCached(
  cache: DatabaseCache,
  cluster: Cluster,
  options: DatabaseOptions,
): Promise<RunningProcess | undefined> {
  try {
    if (!(await cache.restore(cluster.dataDir))) return undefined;
    await keep(() => cache.touch(), options);
    return await startPostgres(cluster);
  } catch (error) {
    options.signal.throwIfAborted();
    options.progress(`the cached database does not start and is made anew (${messageOf(error)})`);
    rmSync(cluster.dataDir, { recursive: true, force: true });
    await keep(() => cache.drop(), options);
    return undefined;
  }
}

/** Changes the cache. It saves time and nothing else: where it is full or cannot be written, the shop starts all the same. */
async function keep(change: () => void | Promise<void>, { signal, progress }: DatabaseOptions): Promise<void> {
  try {
    await change();
  } catch (error) {
    signal.throwIfAborted();
    progress(`the database could not be kept: ${messageOf(error)}`);
  }
}

function makeOwned(dir: string): void {
  mkdirSync(dir, { mode: 0o700 });
  if (postgresOwner) chownSync(dir, postgresOwner.uid, postgresOwner.gid);
}

/** The binaries, linked or copied to where the user of Postgres can reach them if the checkout is closed to others (a root shell in /root, say). */
async function reachable(binaries: PostgresBinaries, { state, processes }: DatabaseOptions): Promise<PostgresBinaries> {
  if (isReachable(binaries.postgres)) return binaries;
  const home = join(state.dir, 'server');
  await shareTree(processes, binaries.home, home, binaries.postgres);
  return movedTo(binaries, home);
}
