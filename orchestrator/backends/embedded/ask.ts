import { boundsOf } from '../../telemetry/bounds.ts';
import type { Param, TelemetryStore } from '../../telemetry/store.ts';
import type { Window } from '../backend.ts';

/** Runs a SELECT whose `$from` and `$to` are the window; an empty window has no rows. */
export async function ask<Row>(
  store: TelemetryStore,
  window: Window,
  sql: string,
  params: Readonly<Record<string, Param>>,
): Promise<readonly Row[]> {
  const bounds = boundsOf(window);
  return bounds === undefined ? [] : store.query<Row>(sql, { ...params, ...bounds });
}

/** The parameters of `matchesRoute`, from `METHOD /route`. */
export function routeParams(route: string | undefined): {
  readonly method: string | null;
  readonly route: string | null;
} {
  if (route === undefined) return { method: null, route: null };
  const space = route.indexOf(' ');
  return { method: route.slice(0, Math.max(0, space)), route: route.slice(space + 1) };
}

/** Conditions with an optional parameter: null matches everything. */
export const inWindow = 'start_ns >= $from AND start_ns < $to';
export const ofService = '($service IS NULL OR service = $service)';
export const matchesRoute = '($route IS NULL OR (kind = 2 AND method = $method AND route = $route))';

/** What a trace search and a tendency call an error. */
export const isError = '(status = 2 OR coalesce(http_status, 0) >= 500)';

/** An optional LIMIT must be a whole number; nothing is asked for less than one. */
export function rowLimit(limit: number): number {
  return Math.min(Math.max(0, Math.floor(limit) || 0), 10_000);
}
