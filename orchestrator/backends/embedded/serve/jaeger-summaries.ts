import type { TelemetryStore } from '../../../telemetry/store.ts';
import type { Found } from './jaeger-search.ts';

interface Row {
  readonly traceId: string;
  readonly service: string;
  readonly spans: number;
  readonly errors: number;
  readonly orphans: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly root: string | null;
  readonly rootAt: bigint | null;
}

/** The root of a trace is its earliest span without a parent; the parent of an orphan is not in the trace. */
const sql = `
  WITH asked AS (
    SELECT unnest(ids) AS trace_id, generate_subscripts(ids, 1) AS place FROM (SELECT string_split($ids, ' ') AS ids)
  ),
  whole AS (FROM spans JOIN asked USING (trace_id)),
  known AS (SELECT DISTINCT trace_id, span_id FROM whole)
  SELECT whole.trace_id AS "traceId", service,
    count(*)::INTEGER AS spans,
    (count(*) FILTER (status = 2))::INTEGER AS errors,
    (count(*) FILTER (parent_id IS NOT NULL AND known.span_id IS NULL))::INTEGER AS orphans,
    min(start_ns) AS first,
    max(start_ns + duration_ns) AS last,
    arg_min(name, start_ns) FILTER (parent_id IS NULL) AS root,
    min(start_ns) FILTER (parent_id IS NULL) AS "rootAt"
  FROM whole LEFT JOIN known ON known.trace_id = whole.trace_id AND known.span_id = parent_id
  GROUP BY place, whole.trace_id, service ORDER BY place, first, service`;

/** What GET /api/v3/trace-summaries answers (Jaeger 2.19 and later). What is zero or empty is left out, as in Protobuf's JSON. */
export async function summaries(store: TelemetryStore, traces: readonly Found[]): Promise<object> {
  if (traces.length === 0) return {};
  const rows = await store.query<Row>(sql, { ids: traces.map(({ traceId }) => traceId).join(' ') });
  return { summaries: [...Map.groupBy(rows, ({ traceId }) => traceId).values()].map(summaryOf) };
}

function summaryOf(services: readonly Row[]): object {
  const [root] = services
    .filter(({ rootAt }) => rootAt !== null)
    .toSorted((a, b) => Number((a.rootAt ?? 0n) - (b.rootAt ?? 0n)));
  const sum = (of: (row: Row) => number): number => services.reduce((total, row) => total + of(row), 0);
  const errors = sum((row) => row.errors);
  const orphans = sum((row) => row.orphans);
  return {
    traceId: services[0]?.traceId,
    ...(root && { rootServiceName: root.service, rootOperationName: root.root }),
    minStartTimeUnixNano: String(services.reduce((least, { first }) => (first < least ? first : least), 2n ** 63n)),
    maxEndTimeUnixNano: String(services.reduce((most, { last }) => (last > most ? last : most), 0n)),
    spanCount: sum((row) => row.spans),
    ...(errors > 0 && { errorSpanCount: errors }),
    ...(orphans > 0 && { orphanSpanCount: orphans }),
    services: services.map((row) => ({
      name: row.service,
      spanCount: row.spans,
      ...(row.errors > 0 && { errorSpanCount: row.errors }),
    })),
  };
}
