import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processFailure } from '../running/failures.ts';
import { initdbArguments, seedingSettings, settingsArguments } from '../running/postgres-settings.ts';
import { type PostgresBinaries, postgresOwner } from './postgres-binaries.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';

export interface Cluster {
  readonly processes: RunProcesses;
  readonly binaries: PostgresBinaries;
  readonly dataDir: string;
  readonly port: number;
  readonly signal: AbortSignal;
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
  const own = { ...(seeding ? seedingSettings : {}), port: String(cluster.port) };
  const postgres = cluster.processes.start({
    name: 'postgres',
    command: cluster.binaries.postgres,
    args: ['-D', cluster.dataDir, ...settingsArguments(own)],
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
