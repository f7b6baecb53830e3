import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { createTable, type Table } from './tables.ts';
import { chunkRows } from './span-chunks.ts';

/**
 * Rows of a row group. DuckDB compresses a group that is written at once, and whatever was not at the next checkpoint, again and
 * again until its group is full. Its own size, 122 880 rows, is more than should wait in memory.
 */
export const groupRows = 8 * chunkRows;

/** What a flush did: how many rows it wrote, and whether the last of them was the last of its row group. */
interface Flushed {
  readonly rows: number;
  readonly ended: boolean;
}

/** Collects the records of one table, appends them in chunks, and deletes the oldest. */
export class TableWriter<Batch extends { readonly length: number }> {
  readonly #table: Table<Batch>;
  readonly #keep: number;
  #appender: DuckDBAppender | undefined;
  /** Batches that are not appended yet; of the first one, `#done` rows are. */
  readonly #batches: Batch[] = [];
  #done = 0;
  #accepted = 0;
  #appended = 0;
  #written = 0;
  #trimmed = 0;

  /** `keep`: rows kept, the newest by time. */
  constructor(table: Table<Batch>, keep: number) {
    this.#table = table;
    this.#keep = keep;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get written(): number {
    return this.#written;
  }

  /** Whether there are enough rows to fill the row group. */
  get full(): boolean {
    return this.#accepted >= this.#groupEnd;
  }

  async create(connection: DuckDBConnection): Promise<void> {
    await connection.run(createTable(this.#table));
    this.#appender = await connection.createAppender(this.#table.name);
  }

  /** Takes records over; where there is a chunk of them they go to DuckDB, which holds them until they are flushed. */
  push(batch: Batch): void {
    if (batch.length === 0) return;
    this.#batches.push(batch);
    this.#accepted += batch.length;
    if (this.#accepted - this.#appended >= chunkRows) this.#append();
  }

  /** Writes what there is, but no further than to the end of the row group. */
  flush(): Flushed {
    this.#append();
    const rows = this.#appended - this.#written;
    if (rows === 0) return { rows, ended: false };
    const groupEnd = this.#groupEnd;
    this.#appender?.flushSync();
    this.#written = this.#appended;
    return { rows, ended: this.#written === groupEnd };
  }

  /** Deletes the oldest rows once there are a tenth too many, so that it is not done all the time. */
  async trim(connection: DuckDBConnection): Promise<void> {
    if (this.#written - this.#trimmed <= this.#keep * 1.1) return;
    const { name, time } = this.#table;
    const oldest = `SELECT ${time} FROM ${name} ORDER BY ${time} DESC LIMIT 1 OFFSET ${this.#keep - 1}`;
    const { rowsChanged } = await connection.run(`DELETE FROM ${name} WHERE ${time} < (${oldest})`);
    this.#trimmed += rowsChanged;
  }

  /** What is not flushed is thrown away. */
  close(): void {
    this.#appender?.clear();
    this.#appender?.closeSync();
  }

  /** The row that the next flush must not go beyond. */
  get #groupEnd(): number {
    return (Math.floor(this.#written / groupRows) + 1) * groupRows;
  }

  #append(): void {
    const groupEnd = this.#groupEnd;
    for (let [batch] = this.#batches; batch && this.#appended < groupEnd; [batch] = this.#batches) {
      const rows = Math.min(batch.length - this.#done, chunkRows, groupEnd - this.#appended);
      this.#appender?.appendDataChunk(this.#table.chunkOf(batch, this.#done, rows));
      this.#appended += rows;
      this.#done += rows;
      if (this.#done < batch.length) continue;
      this.#batches.shift();
      this.#done = 0;
      this.#table.release?.(batch);
    }
  }
}
