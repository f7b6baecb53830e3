import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { cacheKey, DatabaseCache, linkTree } from './database-cache.ts';
import { findPostgres, isReachable, movedTo, type PostgresBinaries, postgresOwner } from './postgres-binaries.ts';
import { type Cluster, initialise, startPostgres } from './postgres.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import type { RunState } from './run-state.ts';
import { readSchema, seed } from './seed.ts';

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
  if (await cache.restore(cluster.dataDir)) {
    try {
      return await startPostgres(cluster);
    } catch (error) {
      signal.throwIfAborted();
      progress(`the cached database does not start and is made anew (${messageOf(error)})`);
      cache.drop();
      rmSync(cluster.dataDir, { recursive: true, force: true });
    }
  }
  progress('making the database (later runs reuse it)');
  makeOwned(cluster.dataDir);
  await initialise(cluster);
  const seeding = await startPostgres(cluster, true);
  await seed(port, schema, options.seed);
  // A fast shutdown writes everything; the pid file must be gone before the next start is waited for.
  await seeding.stop(20_000, 'SIGINT');
  await cache.store(cluster.dataDir);
  return startPostgres(cluster);
}

function makeOwned(dir: string): void {
  mkdirSync(dir, { mode: 0o700 });
  if (postgresOwner) chownSync(dir, postgresOwner.uid, postgresOwner.gid);
}

/** The binaries, linked or copied to where the user of Postgres can reach them if the checkout is closed to others (a root shell in /root, say). */
async function reachable(binaries: PostgresBinaries, { state, processes }: DatabaseOptions): Promise<PostgresBinaries> {
  if (isReachable(binaries.postgres)) return binaries;
  const home = join(state.dir, 'server');
  await linkTree(processes, binaries.home, home);
  chmodSync(home, 0o755);
  return movedTo(binaries, home);
}
