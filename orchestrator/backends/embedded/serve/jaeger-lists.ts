import { spanKinds } from '../../../telemetry/records.ts';
import type { TelemetryStore } from '../../../telemetry/store.ts';
import { int64 } from './jaeger-search.ts';

export async function services(store: TelemetryStore): Promise<readonly string[]> {
  const rows = await store.query<{ service: string }>('SELECT DISTINCT service FROM spans ORDER BY service', {});
  return rows.map(({ service }) => service);
}

/** A name of spans, and their kind in lower case; without one, empty. */
export interface Operation {
  readonly name: string;
  readonly spanKind: string;
}

/** Of one kind, or of all where it is undefined. */
export async function operations(
  store: TelemetryStore,
  service: string,
  spanKind?: string,
): Promise<readonly Operation[]> {
  const sql = 'SELECT DISTINCT name, kind FROM spans WHERE service = $service ORDER BY name, kind';
  const rows = await store.query<{ name: string; kind: number }>(sql, { service });
  return rows
    .map(({ name, kind }) => ({ name, spanKind: kind === 0 ? '' : (spanKinds[kind] ?? '') }))
    .filter((operation) => spanKind === undefined || operation.spanKind === spanKind);
}

export interface DependencyLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** As Jaeger's memory counts: every span whose parent is in its trace, also within a service; of traces that lie wholly inside the window. */
const dependenciesSql = `
  WITH touched AS (SELECT DISTINCT trace_id FROM spans WHERE start_ns > $from AND start_ns < $to),
  whole AS (
    SELECT trace_id FROM spans SEMI JOIN touched USING (trace_id)
    GROUP BY trace_id HAVING min(start_ns) > $from AND max(start_ns + duration_ns) < $to
  ),
  parents AS (
    SELECT trace_id, span_id, any_value(service) AS service FROM spans SEMI JOIN whole USING (trace_id) GROUP BY ALL
  )
  SELECT parents.service AS parent, child.service AS child, count(*)::INTEGER AS "callCount"
  FROM spans child JOIN parents ON parents.trace_id = child.trace_id AND parents.span_id = child.parent_id
  WHERE $service IS NULL OR parents.service = $service OR child.service = $service
  GROUP BY ALL ORDER BY "callCount" DESC, parent, child`;

/** Nanoseconds; both ends are outside. */
export function dependencies(
  store: TelemetryStore,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  service: string | undefined,
): Promise<readonly DependencyLink[]> {
  return store.query<DependencyLink>(dependenciesSql, {
    from: int64(from),
    to: int64(to),
    service: service ?? null,
  });
}
