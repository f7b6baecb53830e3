import type { TelemetryStore } from '../../telemetry/store.ts';
import type { Tendency, TendencyFilter, Window } from '../backend.ts';
import { fewValues, maxValues, minBadShare, technical, telling } from '../computed/tendency-rules.ts';
import { ask, inWindow, isError, matchesRoute, routeParams } from './ask.ts';

/**
 * Attributes of the endpoint's SERVER spans and of their resources, and business attributes of the SERVER spans elsewhere in
 * the same traces (who is asked, checkout say, often knows more about an order than who asks).
 */
const sql = `
  WITH requests AS (
    SELECT trace_id, span_id, start_ns, attributes, resource,
      CASE WHEN $slowerThanNs IS NULL THEN ${isError} ELSE duration_ns > $slowerThanNs END AS bad
    FROM spans WHERE kind = 2 AND service = $service AND ${inWindow} AND ${matchesRoute}
  ),
  texts AS (
    SELECT trace_id, span_id, attributes AS text, false AS elsewhere FROM requests
    UNION ALL SELECT trace_id, span_id, resource, false FROM requests
    UNION ALL
    SELECT requests.trace_id, requests.span_id, other.attributes, true
    FROM requests JOIN spans other ON other.trace_id = requests.trace_id AND other.span_id <> requests.span_id
    WHERE other.kind = 2
  ),
  pairs AS (
    SELECT DISTINCT trace_id, span_id, pair.key AS attribute, pair.value AS value
    FROM (SELECT trace_id, span_id, elsewhere, unnest(map_entries(from_json(text, '"MAP(VARCHAR, VARCHAR)"'))) AS pair FROM texts)
    WHERE pair.value <> '' AND NOT regexp_matches(pair.key, '${telling}')
      AND NOT (elsewhere AND regexp_matches(pair.key, '${technical}'))
  ),
  totals AS (SELECT count(*) AS requests, count(*) FILTER (bad) AS bad FROM requests),
  usable AS (
    SELECT attribute FROM pairs, totals GROUP BY attribute, requests
    HAVING count(DISTINCT value) <= ${maxValues}
      AND (count(DISTINCT value) <= ${fewValues} OR count(DISTINCT value) * 2 <= requests)
  ),
  counted AS (
    SELECT attribute, value,
      count(*) FILTER (bad) AS badCount,
      count(*) FILTER (NOT bad) AS goodCount,
      list(trace_id ORDER BY start_ns DESC, trace_id) FILTER (bad) AS traceIds
    FROM pairs SEMI JOIN usable USING (attribute) JOIN requests USING (trace_id, span_id)
    GROUP BY attribute, value
  )
  SELECT attribute, value, badCount::INTEGER AS badCount, badCount / totals.bad AS badShare,
    goodCount::INTEGER AS goodCount, coalesce(goodCount / nullif(requests - totals.bad, 0), 0) AS goodShare,
    badCount * requests / (totals.bad * (badCount + goodCount)) AS lift,
    traceIds[1:100] AS traceIds
  FROM counted, totals
  WHERE totals.bad > 0 AND badCount / totals.bad >= ${minBadShare} AND lift > 1
  ORDER BY lift DESC, badShare DESC, attribute, value`;

export async function tendency(
  store: TelemetryStore,
  window: Window,
  filter: TendencyFilter,
): Promise<readonly Tendency[]> {
  const slowerThanNs = 'slowerThanMs' in filter.bad ? filter.bad.slowerThanMs * 1e6 : null;
  const rows = await ask<Tendency>(store, window, sql, {
    service: filter.service,
    slowerThanNs,
    ...routeParams(filter.route),
  });
  // A trace may hold several requests to the endpoint.
  return rows.map((row) => ({ ...row, traceIds: [...new Set(row.traceIds)].slice(0, 5) }));
}
