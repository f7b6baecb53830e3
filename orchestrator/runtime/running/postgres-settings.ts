/** How every data folder of the shop is made, by `initdb`. */
export const initdbArguments = [
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
export const seedingSettings = {
  autovacuum: 'off',
  maintenance_work_mem: '128MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
};

/** Everything that shapes a data folder besides the schema: part of the cache's key. */
export const clusterShape = { initdbArguments, settings, seedingSettings };

/** The command line of a server with these settings, and others on top of them. */
export function settingsArguments(own: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries({ ...settings, ...own }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Where this process reaches the server: the port it listens on, or that is published of it, on 127.0.0.1. */
export function connectionString(port: number, database = 'shop'): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}
