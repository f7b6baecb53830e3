import type { ErrorGroup, Span, Window } from '../backend.ts';
import { byText, errorOrder } from '../order.ts';
import { inWindow, ofService } from './spans.ts';
import { groupBy } from './statistics.ts';

const traceIdsShown = 5;

interface Exception {
  readonly service: string;
  readonly type: string;
  readonly message: string;
  readonly traceId: string;
  /** Of its span, since windows are by span. */
  readonly startMs: number;
}

/** `Backend.errors`, from all spans of the window; others may be among them. */
export function errorsOf(
  spans: Iterable<Span>,
  window: Window,
  filter: { readonly service?: string },
): readonly ErrorGroup[] {
  return groupBy(exceptionsOf(spans, window, filter), ({ service, type, message }) => [service, type, message])
    .map(groupOf)
    .toSorted(errorOrder);
}

function* exceptionsOf(
  spans: Iterable<Span>,
  window: Window,
  { service: asked }: { readonly service?: string },
): Generator<Exception> {
  const conditions = [inWindow(window), ofService(asked)];
  for (const span of spans) {
    if (span.events.length === 0 || !conditions.every((holds) => holds(span))) continue;
    const { service, traceId, startMs } = span;
    for (const { name, attributes } of span.events) {
      if (name !== 'exception') continue;
      const type = String(attributes['exception.type'] ?? '');
      const message = String(attributes['exception.message'] ?? '');
      yield { service, type, message, traceId, startMs };
    }
  }
}

function groupOf(exceptions: readonly Exception[]): ErrorGroup {
  // A group has at least one.
  const [{ service, type, message }] = exceptions as readonly [Exception];
  const newestFirst = exceptions.toSorted((a, b) => b.startMs - a.startMs || byText(a.traceId, b.traceId));
  const traceIds = [...new Set(newestFirst.map(({ traceId }) => traceId))].slice(0, traceIdsShown);
  return { service, type, message, count: exceptions.length, traceIds };
}
