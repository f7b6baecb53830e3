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
import type { Attributes } from '../backends/backend.ts';
import type { ExceptionRecord, LogEntry, PointRecord, Records, SpanRecord } from './records.ts';

/** A column: its name, its type, and what it takes from a record. */
type Column<T> = readonly [name: string, type: DuckDBType, of: (record: T) => DuckDBValue];

/** A table of the store. `time` is the column that says how old a row is. */
export interface Table<T> {
  readonly name: keyof Records;
  readonly time: string;
  readonly columns: readonly Column<T>[];
}

/** The first of these attributes that a span has, as text: newer names first, older ones after them. */
function first(...keys: readonly string[]): (span: SpanRecord) => string | null {
  return ({ attributes }) => {
    const key = keys.find((name) => attributes[name] !== undefined && attributes[name] !== '');
    return key === undefined ? null : String(attributes[key]);
  };
}

const httpStatus = first('http.response.status_code', 'http.status_code');

/** What is asked for often has a column of its own; all attributes are kept as JSON text beside it. */
const spans: Table<SpanRecord> = {
  name: 'spans',
  time: 'start_ns',
  columns: [
    ['trace_id', VARCHAR, (span) => span.traceId],
    ['span_id', VARCHAR, (span) => span.spanId],
    ['parent_id', VARCHAR, (span) => span.parentSpanId],
    ['service', VARCHAR, (span) => span.source.service],
    ['version', VARCHAR, (span) => span.source.version],
    ['name', VARCHAR, (span) => span.name],
    ['kind', UTINYINT, (span) => span.kind],
    ['start_ns', BIGINT, (span) => span.startNs],
    ['duration_ns', BIGINT, (span) => span.durationNs],
    ['status', UTINYINT, (span) => span.status],
    ['status_message', VARCHAR, (span) => span.statusMessage],
    ['method', VARCHAR, first('http.request.method', 'http.method')],
    ['route', VARCHAR, first('http.route', 'url.path', 'http.target', 'http.url')],
    ['http_status', INTEGER, (span) => int32(httpStatus(span))],
    ['query', VARCHAR, first('db.query.text', 'db.statement')],
    ['db', VARCHAR, first('db.namespace', 'db.name', 'db.system.name', 'db.system')],
    ['peer', VARCHAR, first('peer.service', 'server.address', 'net.peer.name')],
    ['attributes', VARCHAR, (span) => JSON.stringify(span.attributes)],
    ['resource', VARCHAR, (span) => span.source.json],
    ['events', VARCHAR, eventsOf],
  ],
};

const exceptions: Table<ExceptionRecord> = {
  name: 'exceptions',
  time: 'start_ns',
  columns: [
    ['trace_id', VARCHAR, (exception) => exception.traceId],
    ['service', VARCHAR, (exception) => exception.service],
    ['type', VARCHAR, (exception) => exception.type],
    ['message', VARCHAR, (exception) => exception.message],
    ['start_ns', BIGINT, (exception) => exception.startNs],
  ],
};

const logs: Table<LogEntry> = {
  name: 'logs',
  time: 'time_ns',
  columns: [
    ['time_ns', BIGINT, (log) => log.timeNs],
    ['service', VARCHAR, (log) => log.source.service],
    ['severity', UTINYINT, (log) => log.severity],
    ['body', VARCHAR, (log) => log.body],
    ['trace_id', VARCHAR, (log) => log.traceId],
    ['span_id', VARCHAR, (log) => log.spanId],
    ['attributes', VARCHAR, (log) => JSON.stringify(log.attributes)],
  ],
};

const points: Table<PointRecord> = {
  name: 'points',
  time: 'time_ns',
  columns: [
    ['time_ns', BIGINT, (point) => point.timeNs],
    ['service', VARCHAR, (point) => point.source.service],
    ['name', VARCHAR, (point) => point.name],
    ['unit', VARCHAR, (point) => point.unit],
    ['value', DOUBLE, (point) => point.value],
    ['count', DOUBLE, (point) => point.count],
    ['sum', DOUBLE, (point) => point.sum],
    ['attributes', VARCHAR, (point) => JSON.stringify(point.attributes)],
  ],
};

export const tables = { spans, exceptions, logs, points } as const;

export function createTable<T>({ name, columns }: Table<T>): string {
  return `CREATE TABLE ${name} (${columns.map(([column, type]) => `"${column}" ${type.toString()}`).join(', ')})`;
}

/** Rows for DuckDB's appender; at most 2 048 records fit into one chunk. */
export function chunkOf<T>({ columns }: Table<T>, records: readonly T[]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(columns.map(([, type]) => type));
  chunk.setColumns(columns.map(([, , of]) => records.map(of)));
  return chunk;
}

/** Null where it is no number that fits: a sender's mistake in one attribute must not fail a batch. */
function int32(text: string | null): number | null {
  const number = Number(text ?? Number.NaN);
  return (number | 0) === number ? number : null;
}

/** An event as it is kept in the JSON text of a span's `events`. */
interface StoredEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

function eventsOf({ events }: SpanRecord): string | null {
  if (events.length === 0) return null;
  return JSON.stringify(
    events.map(({ name, timeNs, attributes }): StoredEvent => ({ name, timeMs: msOf(timeNs), attributes })),
  );
}

/** Epoch milliseconds with a fraction: microseconds still fit a double exactly. */
export function msOf(nanos: bigint): number {
  return Number(nanos / 1000n) / 1000;
}
