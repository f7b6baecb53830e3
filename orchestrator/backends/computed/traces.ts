import type { Span, Trace, TraceFilter, Window } from '../backend.ts';
import { byText, inOrder } from '../order.ts';
import { inWindow, isError, ofRoute, ofService } from './spans.ts';

/** No search gives more than this. */
const maxTraces = 10_000;

/** `Backend.traces`, from all traces that have a span in the window; others may be among them. */
export function tracesOf(traces: Iterable<Trace>, window: Window, filter: TraceFilter): readonly Trace[] {
  const matches = matcher(window, filter);
  const hits: Hit[] = [];
  for (const trace of traces) {
    const newest = trace.spans.filter(matches).reduce((max, { startMs }) => Math.max(max, startMs), -Infinity);
    if (newest > -Infinity) hits.push({ trace, newest });
  }
  return hits
    .toSorted(newestFirst)
    .slice(0, traceLimit(filter.limit))
    .map(({ trace }) => trace);
}

/** How many traces a limit means: a whole number, none for what is no limit at all, and never more than any search gives. */
export function traceLimit(limit: number): number {
  return Math.min(Math.max(0, Math.floor(limit) || 0), maxTraces);
}

/** Whether one span has everything that is asked for. */
function matcher(window: Window, filter: TraceFilter): (span: Span) => boolean {
  const { error, minDurationMs, attributes = {} } = filter;
  const conditions: ((span: Span) => boolean)[] = [
    inWindow(window),
    ofService(filter.service),
    ofRoute(filter.route),
    ...Object.entries(attributes).map(([key, value]) => hasAttribute(key, value)),
  ];
  if (error !== undefined) conditions.push((span) => isError(span) === error);
  if (minDurationMs !== undefined) conditions.push(({ durationMs }) => durationMs >= minDurationMs);
  return (span) => conditions.every((holds) => holds(span));
}

/** A span's own attribute wins over one of its resource. */
function hasAttribute(key: string, value: string): (span: Span) => boolean {
  return ({ attributes, resource }) => {
    const holder = Object.hasOwn(attributes, key) ? attributes : resource;
    return Object.hasOwn(holder, key) && String(holder[key]) === value;
  };
}

interface Hit {
  readonly trace: Trace;
  /** When the newest matching span of it began. */
  readonly newest: number;
}

const newestFirst = inOrder<Hit>(
  (a, b) => b.newest - a.newest,
  (a, b) => byText(a.trace.traceId, b.trace.traceId),
);
