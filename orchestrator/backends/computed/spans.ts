import { httpStatusOf, methodOf, routeOf } from '../../telemetry/conventions.ts';
import type { Span, Trace, Window } from '../backend.ts';
import { byText } from '../order.ts';

/** Whether a span is in a window, by its start; nothing is in an impossible one. */
export function inWindow({ from, to }: Window): (span: Span) => boolean {
  return ({ startMs }) => startMs >= from && startMs < to;
}

/** Whether a span is a request to `METHOD /route`; every span is, where none is asked for. */
export function ofRoute(asked: string | undefined): (span: Span) => boolean {
  if (asked === undefined) return () => true;
  const space = asked.indexOf(' ');
  const method = asked.slice(0, Math.max(0, space));
  const route = asked.slice(space + 1);
  return ({ kind, attributes }) =>
    kind === 'server' && methodOf(attributes) === method && routeOf(attributes) === route;
}

/** Whether a span is one of this service; every span is, where none is asked for. */
export function ofService(asked: string | undefined): (span: Span) => boolean {
  return ({ service }) => asked === undefined || service === asked;
}

/** What a trace search and a tendency call an error. */
export function isError({ status, attributes }: Span): boolean {
  return status === 'error' || (httpStatusOf(attributes) ?? 0) >= 500;
}

/** The spans by trace, each trace's by start. */
export function tracesOfSpans(spans: Iterable<Span>): readonly Trace[] {
  const grouped = Map.groupBy(spans, ({ traceId }) => traceId);
  return [...grouped].map(([traceId, list]) => ({
    traceId,
    // What was sent twice is one span.
    spans: [...new Map(list.map((span) => [span.spanId, span])).values()].toSorted(
      (a, b) => a.startMs - b.startMs || byText(a.spanId, b.spanId),
    ),
  }));
}
