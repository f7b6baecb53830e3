import {
  BIGINT,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { ExceptionRecord, LogEntry, PointRecord, Records } from './records.ts';
import { type SpanColumn, spanChunk } from './span-chunks.ts';
import { at, type SpanRows } from './span-rows.ts';

/** A table of the store, which takes batches of records. */
export interface Table<Batch extends { readonly length: number }> {
  readonly name: keyof Records;
  /** The column that says how old a row is. */
  readonly time: string;
  readonly columns: readonly (readonly [name: string, type: DuckDBType, ...unknown[]])[];
  /** Rows for DuckDB's appender, as many as fit into one chunk. */
  chunkOf(batch: Batch, from: number, rows: number): DuckDBDataChunk;
  /** Told of a batch that is in the database. */
  release?(batch: Batch): void;
}

/** What is asked for often has a column of its own; all attributes are kept as JSON text beside it. */
const spanColumns: readonly SpanColumn[] = [
  ['trace_id', VARCHAR, at.traceId],
  ['span_id', VARCHAR, at.spanId],
  ['parent_id', VARCHAR, at.parentId],
  ['service', VARCHAR, at.service],
  ['version', VARCHAR, at.version],
  ['name', VARCHAR, at.name],
  ['kind', UTINYINT, at.kind],
  ['start_ns', BIGINT, at.startNs],
  ['duration_ns', BIGINT, at.durationNs],
  ['status', UTINYINT, at.status],
  ['status_message', VARCHAR, at.statusMessage],
  ['method', VARCHAR, at.method],
  ['route', VARCHAR, at.route],
  ['http_status', INTEGER, at.httpStatus],
  ['query', VARCHAR, at.query],
  ['db', VARCHAR, at.db],
  ['peer', VARCHAR, at.peer],
  ['attributes', VARCHAR, at.attributes],
  ['resource', VARCHAR, at.resource],
  ['events', VARCHAR, at.events],
];

const spans: Table<SpanRows> = {
  name: 'spans',
  time: 'start_ns',
  columns: spanColumns,
  chunkOf: (rows, from, count) => spanChunk(spanColumns, { rows, from, count }),
  release: (rows) => rows.recycle(),
};

const exceptions = tableOf<ExceptionRecord>('exceptions', 'start_ns', [
  ['trace_id', VARCHAR, (exception) => exception.traceId],
  ['service', VARCHAR, (exception) => exception.service],
  ['type', VARCHAR, (exception) => exception.type],
  ['message', VARCHAR, (exception) => exception.message],
  ['start_ns', BIGINT, (exception) => exception.startNs],
]);

const logs = tableOf<LogEntry>('logs', 'time_ns', [
  ['time_ns', BIGINT, (log) => log.timeNs],
  ['service', VARCHAR, (log) => log.source.service],
  ['severity', UTINYINT, (log) => log.severity],
  ['body', VARCHAR, (log) => log.body],
  ['trace_id', VARCHAR, (log) => log.traceId],
  ['span_id', VARCHAR, (log) => log.spanId],
  ['attributes', VARCHAR, (log) => JSON.stringify(log.attributes)],
]);

const points = tableOf<PointRecord>('points', 'time_ns', [
  ['time_ns', BIGINT, (point) => point.timeNs],
  ['service', VARCHAR, (point) => point.source.service],
  ['name', VARCHAR, (point) => point.name],
  ['unit', VARCHAR, (point) => point.unit],
  ['value', DOUBLE, (point) => point.value],
  ['count', DOUBLE, (point) => point.count],
  ['sum', DOUBLE, (point) => point.sum],
  ['attributes', VARCHAR, (point) => JSON.stringify(point.attributes)],
]);

export const tables = { spans, exceptions, logs, points } as const;

export function createTable({ name, columns }: Pick<Table<never>, 'name' | 'columns'>): string {
  return `CREATE TABLE ${name} (${columns.map(([column, type]) => `"${column}" ${type.toString()}${compression(column, type)}`).join(', ')})`;
}

/**
 * Said once, so that DuckDB does not try every method on every row group: a text that comes again and again has a dictionary.
 * Attributes hardly ever come again as a whole, and ids of spans never.
 */
function compression(column: string, type: DuckDBType): string {
  if (type !== VARCHAR) return '';
  return ` USING COMPRESSION ${methods.get(column) ?? 'dict_fsst'}`;
}

const methods = new Map([
  ['attributes', 'zstd'],
  ['span_id', 'uncompressed'],
]);

/** A column: its name, its type, and what it takes from a record. */
type Column<T> = readonly [name: string, type: DuckDBType, of: (record: T) => DuckDBValue];

/** A table whose records are objects. */
function tableOf<T>(name: keyof Records, time: string, columns: readonly Column<T>[]): Table<readonly T[]> {
  return {
    name,
    time,
    columns,
    chunkOf(batch, from, rows) {
      const chunk = DuckDBDataChunk.create(columns.map(([, type]) => type));
      const records = batch.slice(from, from + rows);
      chunk.setColumns(columns.map(([, , of]) => records.map(of)));
      return chunk;
    },
  };
}

export { msOf } from './bounds.ts';
