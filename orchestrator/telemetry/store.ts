import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBType,
  VARCHAR,
  version,
} from '@duckdb/node-api';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Records } from './records.ts';
import { groupRows, TableWriter } from './table-writer.ts';
import { tables } from './tables.ts';

export interface StoreOptions {
  /** A folder of the store's own; made if needed, removed by `close`, and empty if the process is killed. Without it everything stays in memory. */
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
  /** Takes records over, for good: their memory is used again; `bytes` is what they weigh until they are written. Throws once the store is broken or closed. */
  add(records: Records, bytes: number): void;
  /**
   * Runs one SELECT over everything added so far; throws once the store is broken or closed.
   * `Row` is what the SELECT says: VARCHAR string, BIGINT bigint, INTEGER and DOUBLE number, lists arrays.
   */
  query<Row>(sql: string, params: Readonly<Record<string, Param>>): Promise<readonly Row[]>;
  /**
   * Spans, log records and points written to the database, once everything added so far is; and those accepted that never will be.
   * Also tells it of a store that is broken or closed.
   */
  count(): Promise<{ readonly written: number; readonly lost: number }>;
  close(): Promise<void>;
}

const flushAfterMs = 1000;
/** Row groups written at once, and so compressed already, after which there is a checkpoint nevertheless. */
const wholeGroups = 8;
/** Opens an empty store; throws a ShowrunnerError where the folder cannot be written. */
export async function openTelemetryStore(options: StoreOptions = {}): Promise<TelemetryStore> {
  const { dir, keep = {} } = options;
  const writers = {
    spans: new TableWriter(tables.spans, keep.spans ?? 2_000_000),
    exceptions: new TableWriter(tables.exceptions, keep.exceptions ?? 200_000),
    logs: new TableWriter(tables.logs, keep.logs ?? 500_000),
    points: new TableWriter(tables.points, keep.points ?? 1_000_000),
  };
  try {
    if (dir !== undefined) mkdirSync(dir, { recursive: true });
    const instance = await openDatabase(dir);
    const connection = await instance.connect();
    await connection.run(attachSql(dir));
    // The open file stays usable, and is gone however this process ends. Checkpoints and what queries spill need the folder.
    if (dir !== undefined) rmSync(databaseFile(dir));
    await connection.run('USE telemetry');
    for (const writer of Object.values(writers)) await writer.create(connection);
    return new DuckDBStore({ instance, connection, writers, dir });
  } catch (error) {
    throw new ShowrunnerError('store-cannot-open', `the telemetry store cannot be opened: ${messageOf(error)}`, {
      hint: 'check that the folder can be written and the disk has room',
      exitCode: exitCodes.environment,
      cause: error,
    });
  }
}

function openDatabase(dir: string | undefined): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: '128MB',
    threads: '2',
    // Returns freed memory to the system.
    allocator_background_threads: 'true',
    temp_directory: dir === undefined ? '' : join(dir, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

/** What a run leaves is thrown away, so nothing is ever recovered from a log and no commit has to wait for the disk. */
function attachSql(dir: string | undefined): string {
  if (dir === undefined)
    return `ATTACH ':memory:' AS telemetry (COMPRESS, ROW_GROUP_SIZE ${groupRows}, STORAGE_VERSION 'latest')`;
  // ATTACH takes no bound parameters.
  return `ATTACH '${databaseFile(dir).replaceAll("'", "''")}' AS telemetry (RECOVERY_MODE no_wal_writes, ROW_GROUP_SIZE ${groupRows}, STORAGE_VERSION 'latest')`;
}

function databaseFile(dir: string): string {
  return join(dir, 'telemetry.duckdb');
}

interface Parts {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly writers: {
    readonly [Name in keyof Records]: TableWriter<Records[Name]>;
  };
  readonly dir: string | undefined;
}

class DuckDBStore implements TelemetryStore {
  readonly version = version();
  readonly #parts: Parts;
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #closed = false;
  /** Rows in memory that a checkpoint would compress, more or less. */
  #unsaved = 0;
  /** Everything that touches the database, one after the other. */
  #chain: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  add(records: Records, bytes: number): void {
    if (this.#failure) throw this.#failure;
    const { spans, exceptions, logs, points } = this.#parts.writers;
    try {
      spans.push(records.spans);
      exceptions.push(records.exceptions);
      logs.push(records.logs);
      points.push(records.points);
    } catch (error) {
      throw this.#broken(error);
    }
    this.#queuedBytes += bytes;
    this.#flushIn(this.#writers().some(({ full }) => full) ? 0 : flushAfterMs);
  }

  query<Row>(sql: string, params: Readonly<Record<string, Param>>): Promise<readonly Row[]> {
    return this.#exclusive(async () => {
      await this.#flush();
      const reader = await this.#parts.connection.runAndReadAll(sql, { ...params }, typesOf(params));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller's SELECT decides
      return reader.getRowObjectsJS() as unknown as readonly Row[];
    });
  }

  async count(): Promise<{ readonly written: number; readonly lost: number }> {
    // A failure is in #failure, and told by the count.
    await this.#exclusive(() => this.#flush()).catch(() => undefined);
    const { spans, logs, points } = this.#parts.writers;
    const writers = [spans, logs, points];
    const written = writers.reduce((sum, writer) => sum + writer.written, 0);
    const accepted = writers.reduce((sum, writer) => sum + writer.accepted, 0);
    // Without a failure, what is not written yet was added meanwhile.
    return { written, lost: this.#failure ? accepted - written : 0 };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#failure = new Error('the telemetry store is closed');
    await this.#chain;
    const { connection, instance, dir } = this.#parts;
    for (const writer of this.#writers()) writer.close();
    connection.closeSync();
    instance.closeSync();
    if (dir === undefined) return;
    rmSync(dir, { force: true, recursive: true });
  }

  #writers(): readonly Pick<TableWriter<never>, 'full' | 'flush' | 'trim' | 'close'>[] {
    return Object.values(this.#parts.writers);
  }

  #flushIn(ms: number): void {
    if (this.#timer !== undefined && ms > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // The failure is in #failure, where the next add and the next query meet it.
      this.#exclusive(() => this.#flush()).catch(() => undefined);
    }, ms);
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#chain.then(() => {
      if (this.#failure) throw this.#failure;
      return work();
    });
    this.#chain = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Writes what is pending. Rows that cannot be written have been acknowledged, so from then on no answer would be true:
   * the store is broken for good.
   */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#queuedBytes;
    try {
      // A writer stops where its row group ends; then it has more to write, perhaps.
      while (this.#flushWriters()) if (this.#unsaved >= groupRows) await this.#checkpoint();
      this.#queuedBytes -= bytes;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /** Returns whether a row group has ended, which is the time for a checkpoint. */
  #flushWriters(): boolean {
    const flushed = this.#writers().map((writer) => writer.flush());
    for (const { rows } of flushed) this.#unsaved += rows === groupRows ? rows / wholeGroups : rows;
    return flushed.some(({ ended }) => ended);
  }

  async #checkpoint(): Promise<void> {
    const { connection } = this.#parts;
    this.#unsaved = 0;
    for (const writer of this.#writers()) await writer.trim(connection);
    await connection.run('CHECKPOINT telemetry');
  }

  #broken(error: unknown): Error {
    this.#failure ??= new Error(`the telemetry store is broken: ${messageOf(error)}`, { cause: error });
    return this.#failure;
  }
}

/** DuckDB would take every bigint as a HUGEINT, and then compare a whole column as such. */
function typesOf(params: Readonly<Record<string, Param>>): Record<string, DuckDBType> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeOf(value)]));
}

function typeOf(value: Param): DuckDBType {
  if (typeof value === 'bigint') return BIGINT;
  return typeof value === 'number' ? DOUBLE : VARCHAR;
}
