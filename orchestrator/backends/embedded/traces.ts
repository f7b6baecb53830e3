import { spanKinds, statuses } from '../../telemetry/records.ts';
import type { Param, TelemetryStore } from '../../telemetry/store.ts';
import { msOf } from '../../telemetry/tables.ts';
import type { Span, Trace, TraceFilter, Window } from '../backend.ts';
import { ask, inWindow, isError, matchesRoute, ofService, routeParams, rowLimit } from './ask.ts';

/** Of a SpanRow. */
export const columns = `trace_id, span_id, parent_id, service, version, name, kind, start_ns, duration_ns,
  status, status_message, attributes, resource, events`;

export async function traces(store: TelemetryStore, window: Window, filter: TraceFilter): Promise<readonly Trace[]> {
  const attributes = Object.entries(filter.attributes ?? {});
  const sql = `
    WITH hits AS (
      SELECT trace_id, max(start_ns) AS newest FROM spans
      WHERE ${inWindow} AND ${ofService} AND ${matchesRoute}
        AND ($error IS NULL OR ${isError} = ($error = 1))
        AND ($minDurationNs IS NULL OR duration_ns >= $minDurationNs)
        ${attributes.map((_, index) => `AND ${hasAttribute(index)}`).join(' ')}
      GROUP BY trace_id ORDER BY newest DESC, trace_id LIMIT ${rowLimit(filter.limit)}
    )
    SELECT ${columns} FROM spans JOIN hits USING (trace_id) ORDER BY newest DESC, trace_id, start_ns, span_id`;
  const params: Record<string, Param> = {
    service: filter.service ?? null,
    error: filter.error === undefined ? null : Number(filter.error),
    minDurationNs: filter.minDurationMs === undefined ? null : filter.minDurationMs * 1e6,
    ...routeParams(filter.route),
  };
  for (const [index, [key, value]] of attributes.entries()) {
    params[`key${index}`] = jsonPointer(key);
    params[`value${index}`] = value;
  }
  return grouped(await ask<SpanRow>(store, window, sql, params));
}

/** A span's own attribute wins over one of its resource. */
function hasAttribute(index: number): string {
  const text = (column: string): string => `json_extract_string(${column}, $key${index})`;
  return `coalesce(${text('attributes')}, ${text('resource')}) = $value${index}`;
}

/** The whole trace with this id, whenever it was; undefined without a span of it. */
export async function trace(store: TelemetryStore, traceId: string): Promise<Trace | undefined> {
  const sql = `SELECT ${columns} FROM spans WHERE trace_id = $traceId ORDER BY start_ns, span_id`;
  const [found] = grouped(await store.query<SpanRow>(sql, { traceId: traceId.toLowerCase() }));
  return found;
}

/** RFC 6901: attribute names have dots, which a JSON path would take for steps. */
function jsonPointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** A span as the store has it; `attributes`, `resource` and `events` are JSON text. */
export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_id: string | null;
  readonly service: string;
  readonly version: string | null;
  readonly name: string;
  readonly kind: number;
  readonly start_ns: bigint;
  readonly duration_ns: bigint;
  readonly status: number;
  readonly status_message: string | null;
  readonly attributes: string;
  readonly resource: string;
  readonly events: string | null;
}

function grouped(rows: readonly SpanRow[]): readonly Trace[] {
  const spans = new Map<string, Span[]>();
  for (const row of rows) {
    const siblings = spans.get(row.trace_id) ?? [];
    siblings.push(spanOf(row));
    spans.set(row.trace_id, siblings);
  }
  return [...spans].map(([traceId, list]) => ({ traceId, spans: list }));
}

function spanOf(row: SpanRow): Span {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    ...(row.parent_id === null ? {} : { parentSpanId: row.parent_id }),
    service: row.service,
    ...(row.version === null ? {} : { version: row.version }),
    name: row.name,
    kind: spanKinds[row.kind] ?? 'unspecified',
    startMs: msOf(row.start_ns),
    durationMs: Number(row.duration_ns) / 1e6,
    status: statuses[row.status] ?? 'unset',
    ...(row.status_message === null ? {} : { statusMessage: row.status_message }),
    attributes: JSON.parse(row.attributes),
    resource: JSON.parse(row.resource),
    events: JSON.parse(row.events ?? '[]'),
  };
}
