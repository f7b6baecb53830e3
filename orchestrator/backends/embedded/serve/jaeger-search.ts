import { spanKinds, statuses } from '../../../telemetry/records.ts';
import type { Param, TelemetryStore } from '../../../telemetry/store.ts';
import { columns as spanColumns, type SpanRow } from '../traces.ts';
import type { Search } from './jaeger-parameters.ts';

/** A trace that was found, and how many spans it has. */
export interface Found {
  readonly traceId: string;
  readonly spans: number;
}

/** So many spans are put into words at a time, which takes some milliseconds; between them everybody else has a turn. */
const pageSpans = 1000;

/** Traces that have one span with everything that is searched for; those that matched last come first. */
export function search(store: TelemetryStore, what: Search): Promise<readonly Found[]> {
  const conditions = Object.entries(what.attributes).map(([key, value], index) => condition(key, value, index));
  const sql = `
    WITH hits AS (
      SELECT trace_id, max(start_ns) AS newest FROM spans
      WHERE start_ns >= $from AND start_ns <= $to
        AND ($service IS NULL OR service = $service) AND ($operation IS NULL OR name = $operation)
        AND ($shortest IS NULL OR duration_ns >= $shortest) AND ($longest IS NULL OR duration_ns <= $longest)
        ${conditions.map(({ sql: each }) => `AND ${each}`).join(' ')}
      GROUP BY trace_id ORDER BY newest DESC, trace_id LIMIT ${what.limit}
    )
    SELECT trace_id AS "traceId", count(*)::INTEGER AS spans
    FROM spans JOIN hits USING (trace_id) GROUP BY trace_id, newest ORDER BY newest DESC, trace_id`;
  return store.query<Found>(sql, {
    from: int64(what.from),
    to: int64(what.to),
    service: what.service ?? null,
    operation: what.operation ?? null,
    // 0 is no bound, as in Go.
    shortest: what.shortest || null,
    longest: what.longest || null,
    ...Object.assign({}, ...conditions.map(({ params }) => params)),
  });
}

/** The nearest number that a column can be compared with. */
export function int64(number: bigint): bigint {
  const limit = 2n ** 63n;
  if (number >= limit) return limit - 1n;
  return number < -limit ? -limit : number;
}

interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, Param>>;
}

/** Names with a meaning of their own since Jaeger 2.19; all others are those of attributes of the span, its resource or its events. */
function condition(key: string, value: string, index: number): Condition {
  switch (key) {
    case 'error':
      return { sql: `status = ${errorStatus(value)}`, params: {} };
    case 'span.status':
      return { sql: `status = ${numberOf(statuses, value)}`, params: {} };
    case 'span.kind':
      return { sql: `kind = ${numberOf(spanKinds, value)}`, params: {} };
    default:
      return key.startsWith('resource.')
        ? attribute(['resource'], key.slice('resource.'.length), { value, index })
        : attribute(['attributes', 'resource', 'events'], key, { value, index });
  }
}

/** A span that is neither ok nor failed has no error attribute; a text that is no truth value matches none. */
function errorStatus(value: string): number {
  if (/^(1|t|true)$/i.test(value)) return statuses.indexOf('error');
  return /^(0|f|false)$/i.test(value) ? statuses.indexOf('ok') : -1;
}

/** What is unknown is taken for the one without a name, unset or unspecified. */
function numberOf(names: readonly string[], value: string): number {
  return Math.max(0, names.indexOf(value.toLowerCase()));
}

function attribute(
  columns: readonly ('attributes' | 'resource' | 'events')[],
  key: string,
  { value, index }: { readonly value: string; readonly index: number },
): Condition {
  const matches = columns.map((column) =>
    column === 'events'
      ? `list_contains(json_extract_string(events, $inEvents${index}), $value${index})`
      : `json_extract_string(${column}, $key${index}) = $value${index}`,
  );
  return {
    // Nothing is known of what is not there; one that matches is enough all the same.
    sql: `(${matches.map((match) => `coalesce(${match}, false)`).join(' OR ')})`,
    params: {
      // RFC 6901: attribute names have dots, which a JSON path would take for steps.
      [`key${index}`]: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      [`value${index}`]: value,
      ...(columns.includes('events') && {
        [`inEvents${index}`]: `$[*].attributes."${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
      }),
    },
  };
}

/** The trace with this id, if there is a span of it. */
export async function find(store: TelemetryStore, traceId: string): Promise<readonly Found[]> {
  const sql = 'SELECT count(*)::INTEGER AS spans FROM spans WHERE trace_id = $traceId';
  const [row] = await store.query<{ spans: number }>(sql, { traceId });
  return row === undefined || row.spans === 0 ? [] : [{ traceId, spans: row.spans }];
}

/** All spans of the traces, a page at a time; trace by trace in the given order, and by start in each. */
export async function* spansOf(store: TelemetryStore, traces: readonly Found[]): AsyncGenerator<readonly SpanRow[]> {
  for (const batch of batches(traces)) {
    const ids = batch.map(({ traceId }) => traceId).join(' ');
    const total = batch.reduce((sum, { spans }) => sum + spans, 0);
    for (let offset = 0; offset < total; offset += pageSpans) {
      // Spans that arrive meanwhile are not waited for: the answer is as of its beginning.
      const sql = `
        WITH asked AS (
          SELECT unnest(ids) AS trace_id, generate_subscripts(ids, 1) AS place FROM (SELECT string_split($ids, ' ') AS ids)
        )
        SELECT ${spanColumns} FROM spans JOIN asked USING (trace_id) ORDER BY place, start_ns, span_id
        LIMIT ${Math.min(pageSpans, total - offset)} OFFSET ${offset}`;
      yield await store.query<SpanRow>(sql, { ids });
    }
  }
}

/** Traces that follow each other, as many as fit into a page, and at least one. */
function batches(traces: readonly Found[]): readonly (readonly Found[])[] {
  const all: Found[][] = [];
  let room = 0;
  for (const trace of traces) {
    const last = all.at(-1);
    if (last && trace.spans <= room) last.push(trace);
    else {
      all.push([trace]);
      room = pageSpans;
    }
    room -= trace.spans;
  }
  return all;
}
