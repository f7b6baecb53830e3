import type { Span, Trace } from '../../orchestrator/backends/backend.ts';

let ids = 0;

/** A span that lasts 10 ms from the epoch and says nothing, but for what is given. */
export function span(given: Partial<Span>): Span {
  ids += 1;
  return {
    traceId: 't',
    spanId: `span-${ids}`,
    service: 'catalog',
    name: 'span',
    kind: 'internal',
    startMs: 0,
    durationMs: 10,
    status: 'unset',
    attributes: {},
    resource: {},
    events: [],
    ...given,
  };
}

export function serverSpan(service: string, route: string, given: Partial<Span> = {}): Span {
  const [method = '', path = ''] = route.split(' ');
  const attributes = { 'http.request.method': method, 'http.route': path, ...given.attributes };
  return span({ service, kind: 'server', name: route, ...given, attributes });
}

export function querySpan(parent: Span, query: string, given: Partial<Span> = {}): Span {
  const { service, spanId: parentSpanId } = parent;
  return span({ service, parentSpanId, kind: 'client', attributes: { 'db.query.text': query }, ...given });
}

export function exception(type: string): Span['events'][number] {
  return { name: 'exception', timeMs: 0, attributes: { 'exception.type': type } };
}

export function trace(traceId: string, ...spans: Span[]): Trace {
  return { traceId, spans };
}
