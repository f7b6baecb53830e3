import { spanKinds, statuses } from '../../telemetry/records.ts';
import type { Param, Row, TelemetryStore } from '../../telemetry/store.ts';
import { msOf, type StoredEvent } from '../../telemetry/tables.ts';
import type { Attributes, Span, Trace, TraceFilter, Window } from '../backend.ts';
import { ask, inWindow, isError, matchesRoute, ofService, routeParams, rowLimit } from './ask.ts';

const columns = `trace_id, span_id, parent_id, service, version, name, kind, start_ns, duration_ns,
  status, status_message, attributes, events`;

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
  return grouped(await ask(store, window, sql, params));
}

/** A span's own attribute wins over one of its resource. */
function hasAttribute(index: number): string {
  const text = (column: string): string => `json_extract_string(${column}, $key${index})`;
  return `coalesce(${text('attributes')}, ${text('resource')}) = $value${index}`;
}

/** The whole trace with this id, whenever it was; undefined without a span of it. */
export async function trace(store: TelemetryStore, traceId: string): Promise<Trace | undefined> {
  const sql = `SELECT ${columns} FROM spans WHERE trace_id = $traceId ORDER BY start_ns, span_id`;
  const [found] = grouped(await store.query(sql, { traceId: traceId.toLowerCase() }));
  return found;
}

/** RFC 6901: attribute names have dots, which a JSON path would take for steps. */
function jsonPointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function grouped(rows: readonly Row[]): readonly Trace[] {
  const spans = new Map<string, Span[]>();
  for (const row of rows) {
    const span = spanOf(row);
    const siblings = spans.get(span.traceId);
    if (siblings) siblings.push(span);
    else spans.set(span.traceId, [span]);
  }
  return [...spans].map(([traceId, list]) => ({ traceId, spans: list }));
}

function spanOf(row: Row): Span {
  return {
    traceId: row['trace_id'] as string,
    spanId: row['span_id'] as string,
    ...present('parentSpanId', row['parent_id']),
    service: row['service'] as string,
    ...present('version', row['version']),
    name: row['name'] as string,
    kind: spanKinds[row['kind'] as number] ?? 'unspecified',
    startMs: msOf(row['start_ns'] as bigint),
    durationMs: Number(row['duration_ns']) / 1e6,
    status: statuses[row['status'] as number] ?? 'unset',
    ...present('statusMessage', row['status_message']),
    attributes: JSON.parse(row['attributes'] as string) as Attributes,
    events: row['events'] === null ? [] : (JSON.parse(row['events'] as string) as readonly StoredEvent[]),
  };
}

/** A property that is left out where the column is null. */
export function present<Name extends string>(name: Name, value: unknown): { readonly [_ in Name]?: string } {
  return (value === null || value === undefined ? {} : { [name]: value }) as { readonly [_ in Name]?: string };
}
