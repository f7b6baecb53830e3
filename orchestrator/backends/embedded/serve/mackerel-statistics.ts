import type { Param, TelemetryStore } from '../../../telemetry/store.ts';
import { ask, inWindow } from '../ask.ts';
import type { DbQueryParameters, HttpServerParameters } from './mackerel-parameters.ts';

/** A page of results as Mackerel gives it. */
export interface Page<Result> {
  readonly results: readonly Result[];
  readonly hasNextPage: boolean;
}

/** What Mackerel's `serviceNamespace`, `environment` and `version` select; null selects everything. */
export const ofResource = `
  ($namespace IS NULL OR coalesce(json_extract_string(resource, '/service.namespace'), '') = $namespace)
  AND ($environment IS NULL OR coalesce(json_extract_string(resource, '/deployment.environment.name'),
    json_extract_string(resource, '/deployment.environment')) = $environment)
  AND ($version IS NULL OR version = $version)`;

const durations = `
  sum(duration_ns)::DOUBLE / 1e6 AS totalMillis,
  avg(duration_ns) / 1e6 AS averageMillis,
  quantile_cont(duration_ns / 1e6, 0.95) AS approxP95Millis`;

const httpColumns = {
  SUM: 'totalMillis',
  AVERAGE: 'averageMillis',
  P95: 'approxP95Millis',
  ERROR_RATE: 'errorRatePercentage',
  REQUEST_COUNT: 'requestCount',
} as const;

/** Answers GET /api/v0/apm/http-server-stats. Spans without a method, a route or a status are not listed. */
export async function httpServerStats(store: TelemetryStore, parameters: HttpServerParameters): Promise<Page<object>> {
  const { method, route, orderColumn, orderDirection } = parameters;
  const sql = `
    SELECT method, route, ${durations},
      100 * (count(*) FILTER (http_status >= 500)) / count(*) AS errorRatePercentage,
      count(*)::INTEGER AS requestCount
    FROM spans
    WHERE kind = 2 AND method IS NOT NULL AND route IS NOT NULL AND http_status IS NOT NULL
      AND service = $service AND ${inWindow} AND ${ofResource}
      AND ($method IS NULL OR method = $method) AND ($route IS NULL OR contains(route, $route))
    GROUP BY method, route
    ORDER BY ${httpColumns[orderColumn]} ${orderDirection}, method, route`;
  return paged(store, sql, parameters, { method: method ?? null, route: route ?? null });
}

const dbColumns = {
  SUM: 'totalMillis',
  AVERAGE: 'averageMillis',
  P95: 'approxP95Millis',
  EXECUTION_COUNT: 'executionCount',
} as const;

/** Answers GET /api/v0/apm/db-query-stats. */
export async function dbQueryStats(store: TelemetryStore, parameters: DbQueryParameters): Promise<Page<object>> {
  const { query, orderColumn, orderDirection } = parameters;
  const sql = `
    SELECT query, count(*)::INTEGER AS executionCount, ${durations}
    FROM spans
    WHERE kind = 3 AND query IS NOT NULL AND service = $service AND ${inWindow} AND ${ofResource}
      AND ($query IS NULL OR contains(query, $query))
    GROUP BY query
    ORDER BY ${dbColumns[orderColumn]} ${orderDirection}, query`;
  return paged(store, sql, parameters, { query: query ?? null });
}

/** What every one of Mackerel's questions about a service has. `from` and `to` are epoch seconds; `to` is not in it. */
export interface Common {
  readonly serviceName: string;
  readonly serviceNamespace?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly page: number;
  readonly perPage: number;
}

/** Runs a SELECT over the spans of a service; one row more than asked for tells whether there is a next page. */
export async function paged<Row>(
  store: TelemetryStore,
  sql: string,
  common: Common,
  params: Readonly<Record<string, Param>>,
): Promise<Page<Row>> {
  const { serviceName, serviceNamespace, environment, version, from, to, page, perPage } = common;
  const rows = await ask<Row>(
    store,
    { from: from * 1000, to: to * 1000 },
    `${sql} LIMIT ${perPage + 1} OFFSET ${(page - 1) * perPage}`,
    {
      service: serviceName,
      namespace: serviceNamespace ?? null,
      environment: environment ?? null,
      version: version ?? null,
      ...params,
    },
  );
  return { results: rows.slice(0, perPage), hasNextPage: rows.length > perPage };
}
