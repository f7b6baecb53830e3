import { httpStatusOf, methodOf, routeOf } from '../../telemetry/conventions.ts';
import type { EndpointFilter, EndpointStats, Span, Window } from '../backend.ts';
import { endpointOrder } from '../order.ts';
import { inWindow, ofRoute, ofService } from './spans.ts';
import { groupBy, statisticsOf } from './statistics.ts';

interface Request {
  readonly service: string;
  readonly version: string | undefined;
  readonly method: string;
  readonly route: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

/** `Backend.endpoints`, from all spans of the window; others may be among them. */
export function endpointsOf(spans: Iterable<Span>, window: Window, filter: EndpointFilter): readonly EndpointStats[] {
  const groups = groupBy(requestsOf(spans, window, filter), ({ service, version, method, route }) => [
    service,
    version,
    method,
    route,
  ]);
  return groups.map(statsOf).toSorted(endpointOrder);
}

/** Only requests with a method and a route, as APM products list them. */
function* requestsOf(spans: Iterable<Span>, window: Window, filter: EndpointFilter): Generator<Request> {
  const conditions = [inWindow(window), ofService(filter.service), ofRoute(filter.route)];
  for (const span of spans) {
    if (span.kind !== 'server' || !conditions.every((holds) => holds(span))) continue;
    const { attributes, service, durationMs } = span;
    const method = methodOf(attributes);
    const route = routeOf(attributes);
    if (method === null || route === null) continue;
    const version = filter.byVersion ? span.version : undefined;
    yield { service, version, method, route, failed: (httpStatusOf(attributes) ?? 0) >= 500, durationMs };
  }
}

function statsOf(requests: readonly Request[]): EndpointStats {
  // A group has at least one.
  const [{ service, version, method, route }] = requests as readonly [Request];
  return {
    service,
    ...(version !== undefined && { version }),
    method,
    route,
    errorCount: requests.filter(({ failed }) => failed).length,
    ...statisticsOf(requests.map(({ durationMs }) => durationMs)),
  };
}
