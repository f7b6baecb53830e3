import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BIGINT,
  type DuckDBConnection,
  DuckDBInstance,
  DOUBLE,
  type DuckDBType,
  type JS,
  VARCHAR,
  version,
} from '@duckdb/node-api';
import { messageOf } from '../errors.ts';
import type { Records } from './records.ts';
import { chunkOf, createTable, type Table, tables } from './tables.ts';

export interface StoreOptions {
  /** A folder for the store's files; made if needed, its files are removed by `close`. Without it everything stays in memory. */
  readonly dir?: string;
  /** Rows kept of each table, the newest by time; a tenth more before the oldest are deleted. */
  readonly keep?: Readonly<Partial<Record<keyof Records, number>>>;
}

/** A value bound to a `$name` in SQL. */
export type Param = string | number | bigint | null;

/** Every signal of the shop, in DuckDB. Tables and columns are those of `tables.ts`. */
export interface TelemetryStore {
  /** DuckDB's version. */
  readonly version: string;
  /** Bytes of accepted requests that are not in the database yet. */
  readonly queuedBytes: number;
  /** Takes records over; `bytes` is what they weigh until they are written. Throws once the store is broken or closed. */
  add(records: Records, bytes: number): void;
  /** Runs one SELECT over everything added so far, as objects by column name; throws once the store is broken or closed. */
  query(sql: string, params: Readonly<Record<string, Param>>): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export type Row = Readonly<Record<string, JS>>;

const chunkRows = 2048;
const flushAfterMs = 200;
/** Without a write-ahead log a checkpoint moves rows to the file and compresses them; small steps keep each one short. */
const checkpointRows = 32 * chunkRows;
const keepDefault: Readonly<Record<keyof Records, number>> = {
  spans: 2_000_000,
  exceptions: 200_000,
  logs: 500_000,
  points: 1_000_000,
};

/** Opens an empty store. */
export async function openTelemetryStore(options: StoreOptions = {}): Promise<TelemetryStore> {
  const { dir } = options;
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '128MB',
    threads: '2',
    temp_directory: dir === undefined ? '' : join(dir, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  // What the run leaves is thrown away, so nothing is ever recovered and no commit has to wait for the disk.
  const attach =
    dir === undefined
      ? `':memory:' AS telemetry (COMPRESS)`
      : `'${quoted(databaseFile(dir))}' AS telemetry (RECOVERY_MODE no_wal_writes)`;
  await connection.run(`ATTACH ${attach}`);
  await connection.run('USE telemetry');
  for (const table of Object.values(tables)) await connection.run(createTable(table as Table<unknown>));
  return new DuckDBStore(instance, connection, { ...options, keep: { ...keepDefault, ...options.keep } });
}

function databaseFile(dir: string): string {
  return join(dir, 'telemetry.duckdb');
}

/** ATTACH takes no bound parameters. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

type Pending = { [Name in keyof Records]: Records[Name][number][] };

class DuckDBStore implements TelemetryStore {
  readonly version = version();
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #dir: string | undefined;
  readonly #keep: Readonly<Record<string, number>>;
  readonly #rows: Record<string, number> = {};
  #pending: Pending = emptyBatch();
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sinceCheckpoint = 0;
  #failure: Error | undefined;
  /** Everything that touches the database, one after the other. */
  #chain: Promise<unknown> = Promise.resolve();

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, options: StoreOptions) {
    this.#instance = instance;
    this.#connection = connection;
    this.#dir = options.dir;
    this.#keep = { ...options.keep };
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  add(records: Records, bytes: number): void {
    if (this.#failure) throw this.#failure;
    for (const name of tableNames) {
      for (const record of records[name]) (this.#pending[name] as unknown[]).push(record);
    }
    this.#queuedBytes += bytes;
    if (this.#pendingRows() >= chunkRows) this.#flushSoon(0);
    else this.#flushSoon(flushAfterMs);
  }

  query(sql: string, params: Readonly<Record<string, Param>>): Promise<readonly Row[]> {
    return this.#exclusive(async () => {
      await this.#flush();
      const reader = await this.#connection.runAndReadAll(sql, { ...params }, typesOf(params));
      return reader.getRowObjectsJS();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#chain;
    if (this.#failure instanceof ClosedError) return;
    this.#failure = new ClosedError('the telemetry store is closed');
    this.#connection.closeSync();
    this.#instance.closeSync();
    if (this.#dir === undefined) return;
    rmSync(databaseFile(this.#dir), { force: true });
    rmSync(join(this.#dir, 'spill'), { force: true, recursive: true });
  }

  #pendingRows(): number {
    return tableNames.reduce((sum, name) => sum + this.#pending[name].length, 0);
  }

  #flushSoon(ms: number): void {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A failure is kept in #failure, where the next add and the next query meet it.
      this.#exclusive(() => this.#flush()).catch(() => undefined);
    }, ms);
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#chain.then(() => {
      if (this.#failure) throw this.#failure;
      return work();
    });
    this.#chain = turn.catch(() => undefined);
    return turn;
  }

  /** Writes what is pending. Rows that cannot be written were acknowledged, so from then on no answer would be true: the store is broken. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#pending;
    const bytes = this.#queuedBytes;
    this.#pending = emptyBatch();
    try {
      for (const name of tableNames) await this.#append(tables[name] as Table<unknown>, batch[name]);
      if (this.#sinceCheckpoint >= checkpointRows) await this.#tidy();
    } catch (error) {
      this.#failure = new Error(`the telemetry store is broken: ${messageOf(error)}`, { cause: error });
      throw this.#failure;
    } finally {
      this.#queuedBytes -= bytes;
    }
  }

  async #append<T>(table: Table<T>, records: readonly T[]): Promise<void> {
    if (records.length === 0) return;
    const appender = await this.#connection.createAppender(table.name);
    try {
      for (let from = 0; from < records.length; from += chunkRows) {
        appender.appendDataChunk(chunkOf(table, records.slice(from, from + chunkRows)));
      }
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
    this.#rows[table.name] = (this.#rows[table.name] ?? 0) + records.length;
    this.#sinceCheckpoint += records.length;
  }

  async #tidy(): Promise<void> {
    this.#sinceCheckpoint = 0;
    for (const { name, time } of Object.values(tables)) {
      const keep = this.#keep[name] ?? 0;
      if ((this.#rows[name] ?? 0) <= keep * 1.1) continue;
      const oldest = `SELECT ${time} FROM ${name} ORDER BY ${time} DESC LIMIT 1 OFFSET ${keep - 1}`;
      const { rowsChanged } = await this.#connection.run(`DELETE FROM ${name} WHERE ${time} < (${oldest})`);
      this.#rows[name] = (this.#rows[name] ?? 0) - rowsChanged;
    }
    await this.#connection.run('CHECKPOINT telemetry');
  }
}

class ClosedError extends Error {}

const tableNames = Object.keys(tables) as (keyof Records)[];

function emptyBatch(): Pending {
  return { spans: [], exceptions: [], logs: [], points: [] };
}

/** DuckDB would take every bigint as a HUGEINT, and then compare a whole column as such. */
function typesOf(params: Readonly<Record<string, Param>>): Record<string, DuckDBType> {
  const type = (value: Param): DuckDBType =>
    typeof value === 'bigint' ? BIGINT : typeof value === 'number' ? DOUBLE : VARCHAR;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, type(value)]));
}
