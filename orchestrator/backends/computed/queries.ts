import { queryOf } from '../../telemetry/conventions.ts';
import type { QueryFilter, QueryStats, Span, Window } from '../backend.ts';
import { queryOrder } from '../order.ts';
import { inWindow, ofService } from './spans.ts';
import { groupBy, statisticsOf } from './statistics.ts';

interface Call {
  readonly service: string;
  readonly query: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

/** `Backend.queries`, from all spans of the window; others may be among them. */
export function queriesOf(spans: Iterable<Span>, window: Window, filter: QueryFilter): readonly QueryStats[] {
  return groupBy(callsOf(spans, window, filter), ({ service, query }) => [service, query])
    .map(statsOf)
    .toSorted(queryOrder);
}

function* callsOf(spans: Iterable<Span>, window: Window, filter: QueryFilter): Generator<Call> {
  const conditions = [inWindow(window), ofService(filter.service)];
  const part = filter.contains?.toLowerCase() ?? '';
  for (const span of spans) {
    if (span.kind !== 'client' || !conditions.every((holds) => holds(span))) continue;
    const query = queryOf(span.attributes);
    if (query === null || !query.toLowerCase().includes(part)) continue;
    yield { service: span.service, query, failed: span.status === 'error', durationMs: span.durationMs };
  }
}

function statsOf(calls: readonly Call[]): QueryStats {
  // A group has at least one.
  const [{ service, query }] = calls as readonly [Call];
  return {
    service,
    query,
    errorCount: calls.filter(({ failed }) => failed).length,
    ...statisticsOf(calls.map(({ durationMs }) => durationMs)),
  };
}
