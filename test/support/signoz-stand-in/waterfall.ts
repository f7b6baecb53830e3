import { z } from 'zod';
import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { intrinsics } from './fields.ts';
import { read } from './query-range.ts';
import { eventsOf, stringsOf } from './raw.ts';
import { Refused } from './refusal.ts';
import { plain } from './scalar.ts';

const request = z.strictObject({
  selectedSpanId: z.string().optional(),
  uncollapsedSpans: z.array(z.string()).nullish(),
  limit: z.int().optional(),
  aggregations: z.array(z.unknown()).optional(),
});

interface Drawn {
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly time_unix: number;
  readonly fields: object;
}

const omittedWhenEmpty = new Set(
  'db_name db_operation external_http_method external_http_url http_host http_method http_url response_status_code status_code status_code_string status_message'.split(
    ' ',
  ),
);

/** `POST /api/v4/traces/{id}/waterfall`: all spans from parents to children, or of a trace with more than `maxSpans` the first 500. */
export async function waterfall(
  store: TelemetryStore,
  traceId: string,
  body: unknown,
  maxSpans: number,
): Promise<unknown> {
  read(request, body ?? {});
  const own = [...intrinsics.traces.values()].filter(({ name }) => name !== 'timestamp' && name !== 'kind');
  const rows = await store.query<Record<string, unknown>>(
    `SELECT ${own.map(({ name, sql }) => `${sql} AS "${name}"`).join(', ')}, start_ns AS time_unix, attributes, resource, events
     FROM spans WHERE trace_id = $traceId ORDER BY start_ns, name`,
    { traceId },
  );
  if (rows.length === 0) throw new Refused(404, 'not-found', 'trace not found');
  const spans = rows.map(drawn);
  const ids = new Set(spans.map(({ span_id }) => span_id));
  const missing = [...new Set(spans.map(({ parent_span_id }) => parent_span_id))].filter(
    (id) => id !== '' && !ids.has(id),
  );
  const ordered = tree([...missing.map((id) => placeholder(id, traceId, spans)), ...spans]);
  const hasMore = ordered.length > maxSpans;
  return {
    status: 'success',
    data: {
      startTimestampMillis: Math.min(...spans.map(({ time_unix }) => time_unix)) / 1e6,
      totalSpansCount: spans.length,
      spans: (hasMore ? ordered.slice(0, 500) : ordered).map(({ fields }) => fields),
      hasMissingSpans: missing.length > 0,
      uncollapsedSpans: [],
      hasMore,
    },
  };
}

function drawn({ attributes, resource, events, ...row }: Record<string, unknown>): Drawn {
  const fields = Object.fromEntries(
    Object.entries(row)
      .map(([name, value]): [string, unknown] => [name, plain(value)])
      .filter(([name, value]) => !omittedWhenEmpty.has(name) || (value !== '' && value !== 0)),
  );
  return {
    span_id: String(row['span_id']),
    parent_span_id: String(row['parent_span_id']),
    time_unix: Number(row['time_unix']),
    fields: {
      ...fields,
      attributes: JSON.parse(String(attributes)) as unknown,
      resource: stringsOf(resource),
      events: eventsOf(events, 'attributeMap'),
    },
  };
}

/** What is drawn for a parent that never arrived. */
function placeholder(id: string, traceId: string, spans: readonly Drawn[]): Drawn {
  const time_unix = Math.min(...spans.filter((span) => span.parent_span_id === id).map((span) => span.time_unix));
  const empty = {
    parent_span_id: '',
    kind_string: '',
    has_error: false,
    duration_nano: 0,
    attributes: {},
    resource: {},
    events: [],
  };
  const fields = { ...empty, span_id: id, trace_id: traceId, name: 'Missing Span', time_unix };
  return { span_id: id, parent_span_id: '', time_unix, fields };
}

function tree(spans: readonly Drawn[]): readonly Drawn[] {
  const children = Map.groupBy(spans, ({ parent_span_id }) => parent_span_id);
  const ordered: Drawn[] = [];
  const open = (children.get('') ?? []).toReversed();
  for (let span = open.pop(); span; span = open.pop()) {
    ordered.push(span);
    open.push(...(children.get(span.span_id) ?? []).toReversed());
  }
  return ordered;
}
