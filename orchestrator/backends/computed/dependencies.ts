import { databaseOf, httpStatusOf, peerOf, queryOf } from '../../telemetry/conventions.ts';
import type { Dependency, Span, Window } from '../backend.ts';
import { dependencyOrder } from '../order.ts';
import { inWindow } from './spans.ts';
import { groupBy, statisticsOf } from './statistics.ts';

/** By two clocks an answer may begin this much before the call. Milliseconds. */
export const answerBeforeMs = 60_000;
/** A message may wait this long in a queue for the one that takes it. Milliseconds. */
export const answerAfterMs = 600_000;

interface Call extends Pick<Dependency, 'from' | 'to' | 'kind'> {
  readonly failed: boolean;
  readonly durationMs: number;
}

/**
 * `Backend.dependencies`, from all spans of the window, and those that answer them (up to `answerBeforeMs` before it and
 * `answerAfterMs` after it). `services` are those that send telemetry: a call to one of them that has no answer is a call to a
 * service and not to an external peer.
 *
 * A call is the span that makes it; its duration and error are what the caller saw, since a slow wire is seen only there; of a
 * message, which nobody waits for, they are the receiver's. Of the spans that name a database only those with a query are calls
 * to it; opening a connection is none.
 */
export function dependenciesOf(
  spans: readonly Span[],
  window: Window,
  services: ReadonlySet<string> = new Set(spans.map(({ service }) => service)),
): readonly Dependency[] {
  const answers = answersOf(spans, window);
  const calls = spans
    .filter(inWindow(window))
    .flatMap((span) => callsOf(span, answers.get(keyOf(span.traceId, span.spanId)) ?? [], services));
  return groupBy(calls, ({ from, to, kind }) => [from, to, kind])
    .map(edgeOf)
    .toSorted(dependencyOrder);
}

/** The spans at the other end of a call, by the span that makes it. */
function answersOf(spans: readonly Span[], { from, to }: Window): ReadonlyMap<string, readonly Span[]> {
  const near = inWindow({ from: from - answerBeforeMs, to: to + answerAfterMs });
  const answers = new Map<string, Span[]>();
  for (const span of spans) {
    if ((span.kind !== 'server' && span.kind !== 'consumer') || span.parentSpanId === undefined || !near(span))
      continue;
    const key = keyOf(span.traceId, span.parentSpanId);
    const known = answers.get(key);
    if (known) known.push(span);
    else answers.set(key, [span]);
  }
  return answers;
}

function callsOf(span: Span, answers: readonly Span[], services: ReadonlySet<string>): readonly Call[] {
  const { kind, attributes, service: from, durationMs } = span;
  const database = databaseOf(attributes);
  if (database !== null && queryOf(attributes) === null) return [];
  if (answers.length > 0) {
    return answers
      .filter(({ service }) => service !== from)
      .map((answer) => {
        const seen = kind === 'client' ? span : answer;
        return { from, to: answer.service, kind: 'service', failed: failed(seen), durationMs: seen.durationMs };
      });
  }
  const to = database ?? peerOf(attributes);
  if (kind !== 'client' || to === null) return [];
  const call = { from, to, kind: kindOf(to, database, services), failed: failed(span), durationMs };
  return call.kind === 'service' && from === to ? [] : [call];
}

function kindOf(to: string, database: string | null, services: ReadonlySet<string>): Dependency['kind'] {
  if (database !== null) return 'database';
  return services.has(to) ? 'service' : 'external';
}

/** A 4xx is the caller's mistake, not the callee's error. */
function failed({ status, attributes }: Span): boolean {
  const httpStatus = httpStatusOf(attributes);
  return httpStatus === null ? status === 'error' : httpStatus >= 500;
}

function edgeOf(calls: readonly Call[]): Dependency {
  // A group has at least one.
  const [{ from, to, kind }] = calls as readonly [Call];
  return {
    from,
    to,
    kind,
    errorCount: calls.filter((call) => call.failed).length,
    ...statisticsOf(calls.map(({ durationMs }) => durationMs)),
  };
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId} ${spanId}`;
}
