import type { EndpointFilter, EndpointStats, QueryFilter, QueryStats, Window } from '../backend.ts';
import { endpointOrder, queryOrder } from '../order.ts';
import { byStatus, type Measure, type Measured } from './measure.ts';
import { isClient, isServer, ofService, service, spanset } from './traceql.ts';

export async function endpoints(
  measure: Measure,
  window: Window,
  { service: asked, route, byVersion }: EndpointFilter,
): Promise<readonly EndpointStats[]> {
  const groups = await measure(window, {
    spans: spanset(isServer, ...ofService(asked)),
    by: [
      service,
      'span.http.request.method',
      'span.http.route',
      ...(byVersion === true ? ['resource.service.version'] : []),
    ],
    failed: { by: ['span.http.response.status_code'], is: ([code]) => Number(code) >= 500 },
  });
  return groups
    .flatMap(endpointOf)
    .filter((stats) => route === undefined || `${stats.method} ${stats.route}` === route)
    .toSorted(endpointOrder);
}

/** Only requests with a method and a route, as APM products list them. */
function endpointOf({ values, ...numbers }: Measured): readonly EndpointStats[] {
  const [name = '', method, route, version] = values;
  if (method === undefined || route === undefined) return [];
  return [{ service: name, ...(version !== undefined && { version }), method, route, ...numbers }];
}

export async function queries(measure: Measure, window: Window, filter: QueryFilter): Promise<readonly QueryStats[]> {
  const groups = await measure(window, {
    spans: spanset(isClient, ...ofService(filter.service)),
    by: [service, 'span.db.query.text'],
    failed: byStatus,
  });
  const part = filter.contains?.toLowerCase() ?? '';
  return groups
    .flatMap(({ values: [name = '', query], ...numbers }) =>
      query?.toLowerCase().includes(part) ? [{ service: name, query, ...numbers }] : [],
    )
    .toSorted(queryOrder);
}
