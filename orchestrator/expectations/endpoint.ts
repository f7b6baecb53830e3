import type { Backend, TraceFilter, Window } from '../backends/backend.ts';

/** Traces that show an answer; none from a backend that has no trace search, or has no answer to it now: the numbers stand without them. */
export async function exampleTraces(backend: Backend, window: Window, filter: Omit<TraceFilter, 'limit'>) {
  if (backend.how.traces === 'unsupported') return [];
  const traces = await backend.traces(window, { ...filter, limit: 3 }).catch(() => []);
  return traces.map(({ traceId }) => traceId);
}

/** Of fewer requests a percentile is that of a single one. */
const fewest = 3;

/** The slowest of the groups that have more than a request or two; where none has, the busiest. */
export function slowestOf<T extends { readonly count: number; readonly p95Ms: number }>(
  groups: readonly T[],
): T | undefined {
  const slowest = groups.filter(({ count }) => count >= fewest).toSorted((a, b) => b.p95Ms - a.p95Ms)[0];
  return slowest ?? groups.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count)[0];
}

/** Requests of a service or of one of its routes. `p95Ms` is that of the slowest route asked for; absent without requests. */
export async function endpointTotals(backend: Backend, window: Window, filter: { service: string; route?: string }) {
  const rows = (await backend.endpoints(window, filter)).filter(({ count }) => count > 0);
  return {
    requests: rows.reduce((sum, { count }) => sum + count, 0),
    errors: rows.reduce((sum, { errorCount }) => sum + errorCount, 0),
    p95Ms: slowestOf(rows)?.p95Ms,
  };
}

/** The newest spans are still on their way (exporters send once a second): what counts per second leaves them out. Milliseconds. */
export const deliveryLagMs = 2000;

/** The part of a window whose telemetry has arrived, for whoever divides by its length. */
export function delivered(window: Window): Window {
  return { from: window.from, to: Math.max(window.from + 1, window.to - deliveryLagMs) };
}
