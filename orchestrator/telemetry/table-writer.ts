import type { DuckDBConnection } from '@duckdb/node-api';
import { chunkOf, createTable, type Table } from './tables.ts';

/** DuckDB's own size of a chunk of rows. */
export const chunkRows = 2048;

/** Collects the records of one table, writes them in chunks, and deletes the oldest. */
export class TableWriter<T> {
  readonly #table: Table<T>;
  readonly #keep: number;
  #pending: T[] = [];
  #accepted = 0;
  #written = 0;
  #trimmed = 0;

  /** `keep`: rows kept, the newest by time. */
  constructor(table: Table<T>, keep: number) {
    this.#table = table;
    this.#keep = keep;
  }

  get pending(): number {
    return this.#pending.length;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get written(): number {
    return this.#written;
  }

  push(records: readonly T[]): void {
    for (const record of records) this.#pending.push(record);
    this.#accepted += records.length;
  }

  async create(connection: DuckDBConnection): Promise<void> {
    await connection.run(createTable(this.#table));
  }

  /** Returns how many rows it wrote. */
  async write(connection: DuckDBConnection): Promise<number> {
    const records = this.#pending;
    if (records.length === 0) return 0;
    this.#pending = [];
    const appender = await connection.createAppender(this.#table.name);
    try {
      for (let from = 0; from < records.length; from += chunkRows) {
        appender.appendDataChunk(chunkOf(this.#table, records.slice(from, from + chunkRows)));
      }
      appender.flushSync();
    } finally {
      appender.closeSync();
    }
    this.#written += records.length;
    return records.length;
  }

  /** Deletes the oldest rows once there are a tenth too many, so that it is not done all the time. */
  async trim(connection: DuckDBConnection): Promise<void> {
    if (this.#written - this.#trimmed <= this.#keep * 1.1) return;
    const { name, time } = this.#table;
    const oldest = `SELECT ${time} FROM ${name} ORDER BY ${time} DESC LIMIT 1 OFFSET ${this.#keep - 1}`;
    const { rowsChanged } = await connection.run(`DELETE FROM ${name} WHERE ${time} < (${oldest})`);
    this.#trimmed += rowsChanged;
  }
}
