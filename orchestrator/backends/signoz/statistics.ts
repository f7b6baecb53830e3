import type { EndpointFilter, EndpointStats, QueryFilter, QueryStats, Window } from '../backend.ts';
import { endpointOrder, queryOrder } from '../order.ts';
import { type Asked, key, table, type TableRow } from './ask.ts';
import { all, ofRoute, ofService } from './filter.ts';

const service = key('resource', 'service.name');
const durations = ['avg(duration_nano)', 'p95(duration_nano)'];

/** Only requests with a method and a route of the stable conventions, by count. */
export async function endpoints(
  asked: Asked,
  window: Window,
  filter: EndpointFilter,
): Promise<readonly EndpointStats[]> {
  const found = await table(asked, window, {
    filter: all(
      "kind_string = 'Server' AND attribute.http.request.method EXISTS AND attribute.http.route EXISTS",
      ofService(filter.service),
      ofRoute(filter.route),
    ),
    groupBy: [
      service,
      key('attribute', 'http.request.method'),
      key('attribute', 'http.route'),
      ...(filter.byVersion ? [key('resource', 'service.version')] : []),
    ],
    aggregations: ['count()', 'countIf(response_status_code >= 500)', ...durations],
  });
  return found
    .map((row): EndpointStats => {
      const [of, method, route, version] = row.group;
      const names = { service: of ?? '', method: method ?? '', route: route ?? '' };
      return { ...names, ...(version != null && { version }), ...statistics(row) };
    })
    .toSorted(endpointOrder);
}

export async function queries(asked: Asked, window: Window, filter: QueryFilter): Promise<readonly QueryStats[]> {
  const found = await table(asked, window, {
    filter: all("kind_string = 'Client' AND attribute.db.query.text EXISTS", ofService(filter.service)),
    groupBy: [service, key('attribute', 'db.query.text')],
    aggregations: ['count()', 'countIf(has_error = true)', ...durations],
  });
  // Its CONTAINS takes % and _ for wildcards.
  const part = filter.contains?.toLowerCase() ?? '';
  return found
    .map((row): QueryStats => ({ service: row.group[0] ?? '', query: row.group[1] ?? '', ...statistics(row) }))
    .filter(({ query }) => query.toLowerCase().includes(part))
    .toSorted(queryOrder);
}

function statistics({ values: [count, errors, avg, p95] }: TableRow): Omit<QueryStats, 'service' | 'query'> {
  return { count: count ?? 0, errorCount: errors ?? 0, avgMs: (avg ?? 0) / 1e6, p95Ms: (p95 ?? 0) / 1e6 };
}
