import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processFailure } from '../running/failures.ts';
import { type PostgresBinaries, postgresOwner } from './postgres-binaries.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';

const initdbArguments = [
  '-U',
  'postgres',
  '--auth=trust',
  '-E',
  'UTF8',
  '--locale=C',
  '--no-sync',
  '--no-data-checksums',
  '--wal-segsize=4',
];

/**
 * A small server whose plans depend on the statements alone: no parallel workers, no JIT. Nothing is synced to disk: the data is made anew
 * for each run. The data folder holds everything (shared memory segments too), so that removing it leaves nothing.
 */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '80',
  shared_buffers: '32MB',
  shared_preload_libraries: 'pg_stat_statements',
  dynamic_shared_memory_type: 'mmap',
  io_method: 'sync',
  huge_pages: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '2',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  autovacuum_naptime: '20s',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '16MB',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** On top of them while the database is seeded: one connection that builds indexes. */
const seedingSettings = {
  autovacuum: 'off',
  maintenance_work_mem: '128MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
};

/** Everything that shapes a data folder besides the schema: part of the cache's key. */
export const clusterShape = { initdbArguments, settings, seedingSettings };

export interface Cluster {
  readonly processes: RunProcesses;
  readonly binaries: PostgresBinaries;
  readonly dataDir: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

export function connectionString(port: number, database = 'shop'): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

/** Makes an empty data folder. */
export async function initialise({ processes, binaries, dataDir }: Cluster): Promise<void> {
  const initdb = processes.start({
    name: 'initdb',
    command: binaries.initdb,
    args: ['-D', dataDir, ...initdbArguments],
    ...surroundings,
  });
  const exit = await initdb.ended;
  if (exit !== 'exit code 0') throw await processFailure(initdb, `could not make the database's folder: ${exit}`);
}

/** Starts the server and waits until it accepts connections. */
export async function startPostgres(cluster: Cluster, seeding = false): Promise<RunningProcess> {
  const all = { ...settings, ...(seeding ? seedingSettings : {}), port: String(cluster.port) };
  const postgres = cluster.processes.start({
    name: 'postgres',
    command: cluster.binaries.postgres,
    args: ['-D', cluster.dataDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    ...surroundings,
    // Immediate: the data is thrown away with the run.
    stop: 'QUIT',
  });
  const deadline = performance.now() + 20_000;
  while (!isAccepting(cluster.dataDir, postgres.pid)) {
    cluster.signal.throwIfAborted();
    if (!postgres.running) throw await processFailure(postgres, `ended at its start with ${await postgres.ended}`);
    if (performance.now() > deadline) throw await processFailure(postgres, 'accepted no connections after 20 s');
    await sleep(10, undefined, { signal: cluster.signal });
  }
  return postgres;
}

const surroundings = {
  // The folder of whoever started us may be closed to the user that Postgres runs as.
  cwd: '/',
  env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  owner: postgresOwner,
  stop: 'TERM',
} as const;

/** Line 1 of postmaster.pid is the pid, line 8 the state: https://www.postgresql.org/docs/18/storage-file-layout.html */
function isAccepting(dataDir: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
