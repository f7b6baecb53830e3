import type { Param, TelemetryStore } from '../../../telemetry/store.ts';
import type { Attributes, Span, Trace } from '../../backend.ts';
import { inWindow } from '../ask.ts';
import type { AttributeFilter, ListTracesBody } from './mackerel-parameters.ts';
import { ofResource, type Page, paged } from './mackerel-statistics.ts';

/** A trace as the list gives it: `trace*` is of the whole trace, `service*` of the spans of the service asked for. Seconds and milliseconds. */
interface Row {
  readonly traceId: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
  readonly environment: string;
  readonly title: string;
  readonly traceStartAt: number;
  readonly traceLatencyMillis: number;
  readonly serviceStartAt: number;
  readonly serviceLatencyMillis: number;
}

/**
 * Answers POST /api/v0/traces. Where the API's page leaves it open: a trace is in the window by the start of a span of the service,
 * all conditions on spans hold for one span of it, and the latency is the whole trace's.
 */
export function listTraces(store: TelemetryStore, body: ListTracesBody): Promise<Page<Row>> {
  const conditions = [
    ...body.attributes.map((filter, index) => condition('attributes', filter, `a${index}`)),
    ...body.resourceAttributes.map((filter, index) => condition('resource', filter, `r${index}`)),
  ];
  const column = body.order.column === 'LATENCY' ? 'trace_end - trace_start' : 'trace_start';
  const sql = `
    WITH hits AS (
      SELECT DISTINCT trace_id FROM spans
      WHERE service = $service AND ${inWindow} AND ${ofResource}
        AND ($traceId IS NULL OR trace_id = $traceId) AND ($spanName IS NULL OR name = $spanName)
        AND ($status IS NULL OR status = $status)
        ${conditions.map((each) => `AND ${each.sql}`).join(' ')}
    ),
    found AS (
      SELECT trace_id, min(start_ns) AS trace_start, max(start_ns + duration_ns) AS trace_end,
        min(start_ns) FILTER (service = $service) AS own_start,
        max(start_ns + duration_ns) FILTER (service = $service) AS own_end,
        any_value(resource) FILTER (service = $service) AS resource,
        coalesce(arg_min(name, start_ns) FILTER (parent_id IS NULL), arg_min(name, start_ns)) AS title
      FROM spans SEMI JOIN hits USING (trace_id) GROUP BY trace_id
    )
    SELECT trace_id AS traceId, $service AS serviceName,
      coalesce(json_extract_string(resource, '/service.namespace'), '') AS serviceNamespace,
      coalesce(json_extract_string(resource, '/deployment.environment.name'),
        json_extract_string(resource, '/deployment.environment'), '') AS environment,
      title,
      (trace_start // 1_000_000_000)::DOUBLE AS traceStartAt,
      ((trace_end - trace_start) // 1_000_000)::DOUBLE AS traceLatencyMillis,
      (own_start // 1_000_000_000)::DOUBLE AS serviceStartAt,
      ((own_end - own_start) // 1_000_000)::DOUBLE AS serviceLatencyMillis
    FROM found
    WHERE ($least IS NULL OR (trace_end - trace_start) / 1e6 >= $least)
      AND ($most IS NULL OR (trace_end - trace_start) / 1e6 <= $most)
    ORDER BY ${column} ${body.order.direction}, trace_id`;
  return paged<Row>(store, sql, body, {
    traceId: body.traceId?.toLowerCase() ?? null,
    spanName: body.spanName ?? null,
    status: body.statusCode === undefined ? null : { OK: 1, ERROR: 2 }[body.statusCode],
    least: body.minLatencyMillis ?? null,
    most: body.maxLatencyMillis ?? null,
    ...Object.assign({}, ...conditions.map((each) => each.params)),
  });
}

const operators = { EQ: '=', NEQ: '<>', GT: '>', GTE: '>=', LT: '<', LTE: '<=' } as const;

/** A span without the attribute is not unequal to anything. */
function condition(
  column: 'attributes' | 'resource',
  { key, value, operator, type }: AttributeFilter,
  name: string,
): { readonly sql: string; readonly params: Readonly<Record<string, Param>> } {
  const text = `json_extract_string(${column}, $${name}Key)`;
  const params = { [`${name}Key`]: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, [`${name}Value`]: value };
  if (operator === 'STARTS_WITH') return { sql: `starts_with(${text}, $${name}Value)`, params };
  const number = type === 'int' || type === 'double';
  const typed = (sql: string): string => (number ? `TRY_CAST(${sql} AS DOUBLE)` : sql);
  return { sql: `${typed(text)} ${operators[operator]} ${typed(`$${name}Value`)}`, params };
}

/** A trace as GET /api/v0/traces/<traceId> answers it. */
export function mackerelTrace({ spans }: Trace): { readonly spans: readonly object[] } {
  return { spans: spans.map(mackerelSpan) };
}

function mackerelSpan(span: Span): object {
  const { startMs, durationMs, parentSpanId, statusMessage } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: '',
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTime: timeOf(startMs),
    endTime: timeOf(startMs + durationMs),
    attributes: keyValues(span.attributes),
    droppedAttributesCount: 0,
    events: span.events.map(({ name, timeMs, attributes }) => ({
      time: timeOf(timeMs),
      name,
      attributes: keyValues(attributes),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: statusMessage ?? '', code: span.status },
    resource: { attributes: keyValues(span.resource), droppedAttributesCount: 0 },
    scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0 },
  };
}

/** With milliseconds, as documented. */
function timeOf(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}

function keyValues(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { valueType: 'string', stringValue: value };
  if (typeof value === 'boolean') return { valueType: 'bool', boolValue: value };
  return Number.isInteger(value) ? { valueType: 'int', intValue: value } : { valueType: 'double', doubleValue: value };
}
