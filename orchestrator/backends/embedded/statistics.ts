import type { TelemetryStore } from '../../telemetry/store.ts';
import type { EndpointFilter, EndpointStats, QueryFilter, QueryStats, Window } from '../backend.ts';
import { ask, inWindow, matchesRoute, ofService, routeParams } from './ask.ts';

const durations = `
  avg(duration_ns) / 1e6 AS avgMs,
  quantile_cont(duration_ns / 1e6, 0.95) AS p95Ms`;

/** Only requests with a method and a route, as APM products list them. */
const endpointsSql = `
  SELECT service, CASE WHEN $byVersion = 1 THEN version END AS version, method, route,
    count(*)::INTEGER AS count,
    (count(*) FILTER (http_status >= 500))::INTEGER AS errorCount,
    ${durations}
  FROM spans
  WHERE kind = 2 AND method IS NOT NULL AND route IS NOT NULL AND ${inWindow} AND ${ofService} AND ${matchesRoute}
  GROUP BY ALL
  ORDER BY count DESC, service, method, route, version`;

export async function endpoints(
  store: TelemetryStore,
  window: Window,
  { service, route, byVersion }: EndpointFilter,
): Promise<readonly EndpointStats[]> {
  const params = { service: service ?? null, byVersion: byVersion ? 1 : 0, ...routeParams(route) };
  const rows = await ask<Omit<EndpointStats, 'version'> & { version: string | null }>(
    store,
    window,
    endpointsSql,
    params,
  );
  return rows.map(({ version, ...stats }) => ({ ...stats, ...(version === null ? {} : { version }) }));
}

const queriesSql = `
  SELECT service, query,
    count(*)::INTEGER AS count,
    (count(*) FILTER (status = 2))::INTEGER AS errorCount,
    ${durations}
  FROM spans
  WHERE kind = 3 AND query IS NOT NULL AND ${inWindow} AND ${ofService}
    AND ($contains IS NULL OR contains(lower(query), lower($contains)))
  GROUP BY ALL
  ORDER BY count DESC, service, query`;

export function queries(store: TelemetryStore, window: Window, filter: QueryFilter): Promise<readonly QueryStats[]> {
  const params = { service: filter.service ?? null, contains: filter.contains ?? null };
  return ask<QueryStats>(store, window, queriesSql, params);
}
