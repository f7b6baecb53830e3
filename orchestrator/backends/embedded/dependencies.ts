import type { TelemetryStore } from '../../telemetry/store.ts';
import type { Dependency, Window } from '../backend.ts';
import { ask } from './ask.ts';

/**
 * A call is the span that makes it, and the window is by that span; `answers` are the spans at the other end.
 * Its duration and error are what the caller saw, since a slow wire is seen only there; of a message, which nobody waits for,
 * they are the receiver's. A 4xx is the caller's mistake, not the callee's error.
 * A client span without an answer is a call to a database, or to a peer: one that sends telemetry itself (a call that never
 * arrived, or whose answer is not here yet), or an external one.
 * Of the spans that name a database only those with a query are calls to it; opening a connection is none.
 * An answer may begin a little before the call, by two clocks, or long after it, in a queue.
 */
const sql = `
  WITH calls AS (
    SELECT trace_id, span_id, service, kind, duration_ns, db, peer, coalesce(http_status >= 500, status = 2) AS failed
    FROM spans WHERE start_ns >= $from AND start_ns < $to AND (db IS NULL OR query IS NOT NULL)
  ),
  answers AS (
    SELECT trace_id, parent_id, service, duration_ns, coalesce(http_status >= 500, status = 2) AS failed
    FROM spans
    WHERE kind IN (2, 5) AND parent_id IS NOT NULL
      AND start_ns >= $from - 60_000_000_000 AND start_ns - 600_000_000_000 < $to
  ),
  answered AS (
    SELECT call.service AS source, answer.service AS target, 'service' AS kind,
      CASE WHEN call.kind = 3 THEN call.duration_ns ELSE answer.duration_ns END AS duration_ns,
      CASE WHEN call.kind = 3 THEN call.failed ELSE answer.failed END AS failed
    FROM calls call JOIN answers answer ON answer.trace_id = call.trace_id AND answer.parent_id = call.span_id
  ),
  unanswered AS (
    SELECT service AS source, coalesce(db, peer) AS target,
      CASE WHEN db IS NOT NULL THEN 'database'
           WHEN peer IN (SELECT service FROM spans) THEN 'service'
           ELSE 'external' END AS kind,
      duration_ns, failed
    FROM calls call
    WHERE kind = 3 AND coalesce(db, peer) IS NOT NULL
      AND NOT EXISTS (FROM answers answer WHERE answer.trace_id = call.trace_id AND answer.parent_id = call.span_id)
  )
  SELECT source AS "from", target AS "to", kind,
    count(*)::INTEGER AS count,
    (count(*) FILTER (failed))::INTEGER AS errorCount,
    avg(duration_ns) / 1e6 AS avgMs,
    quantile_cont(duration_ns / 1e6, 0.95) AS p95Ms
  FROM (FROM answered UNION ALL FROM unanswered)
  WHERE kind <> 'service' OR source <> target
  GROUP BY ALL
  ORDER BY count DESC, "from", "to", kind`;

export function dependencies(store: TelemetryStore, window: Window): Promise<readonly Dependency[]> {
  return ask<Dependency>(store, window, sql, {});
}
