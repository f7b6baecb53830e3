import type { Attributes } from '../backends/backend.ts';
import type { SpanRows } from './span-rows.ts';

/** What sent a record. Shared by all records of one OTLP resource. */
export interface Source {
  readonly service: string;
  readonly version: string | null;
  /** The resource's attributes as JSON text. */
  readonly json: string;
}

/** OTLP's numbers: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
/** OTLP's numbers: 0 unset, 1 ok, 2 error. */
export const statuses = ['unset', 'ok', 'error'] as const;

export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly source: Source;
  readonly name: string;
  /** Index into `spanKinds`. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  /** Index into `statuses`. */
  readonly status: number;
  readonly statusMessage: string | null;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
}

export interface SpanEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: Attributes;
}

/** An `exception` event of a span; `startNs` is the span's, since windows are by span. */
export interface ExceptionRecord {
  readonly traceId: string;
  readonly service: string;
  readonly type: string;
  readonly message: string;
  readonly startNs: bigint;
}

export interface LogEntry {
  readonly timeNs: bigint;
  readonly source: Source;
  readonly severity: number;
  readonly body: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly attributes: Attributes;
}

/** A number, or of a histogram or summary its count and sum. */
export interface PointRecord {
  readonly timeNs: bigint;
  readonly source: Source;
  readonly name: string;
  readonly unit: string;
  readonly value: number | null;
  readonly count: number | null;
  readonly sum: number | null;
  readonly attributes: Attributes;
}

/** The records of one or several OTLP requests. */
export interface Records {
  readonly spans: SpanRows;
  readonly exceptions: readonly ExceptionRecord[];
  readonly logs: readonly LogEntry[];
  readonly points: readonly PointRecord[];
}
