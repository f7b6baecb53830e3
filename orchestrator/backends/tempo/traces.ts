import type { Trace, TraceFilter, Window } from '../backend.ts';
import { traceLimit, tracesOf } from '../computed/index.ts';
import { NoAnswer } from '../http.ts';
import type { Hit, TempoClient } from './client.ts';
import { hasAttribute, isError, lastsAtLeast, ofRoute, ofService, spanset } from './traceql.ts';

/** Enough to order traces by their newest match; a trace with more of them may come a little too late. */
const spansEach = 20;

/** Whole traces asked for at a time. */
const atATime = 2;

/**
 * A search says which traces they are, and Tempo has all of each by its id. TraceQL has the whole filter; what it cannot say (an
 * attribute of the span wins over one of its resource) is decided on the traces themselves.
 */
export async function traces(client: TempoClient, window: Window, filter: TraceFilter): Promise<readonly Trace[]> {
  const limit = traceLimit(filter.limit);
  if (limit === 0) return [];
  // The hint is from 2.7 on; before, it is nothing.
  const query = `${spanset(...conditionsOf(filter))} with (most_recent=true)`;
  const ids = newestFirst(await client.search(window, query, spansEach));
  const found: Trace[] = [];
  for (let at = 0; at < ids.length && found.length < limit; at += limit) {
    found.push(...tracesOf(await wholeTraces(client, ids.slice(at, at + limit)), window, filter));
  }
  return tracesOf(found, window, filter);
}

function conditionsOf({ service, route, error, minDurationMs, attributes = {} }: TraceFilter): readonly string[] {
  return [
    ...ofService(service),
    ...ofRoute(route),
    ...(error === undefined ? [] : [error ? isError : `!${isError}`]),
    ...(minDurationMs === undefined ? [] : [lastsAtLeast(minDurationMs)]),
    ...Object.entries(attributes).map(([key, value]) => hasAttribute(key, value)),
  ];
}

/** Ids of traces, by the start of their newest span that was found. */
export function newestFirst(hits: readonly Pick<Hit, 'traceId' | 'spans'>[]): readonly string[] {
  return hits
    .map(({ traceId, spans }) => ({ traceId, newest: Math.max(...spans.map(({ startMs }) => startMs)) }))
    .toSorted((a, b) => b.newest - a.newest)
    .map(({ traceId }) => traceId);
}

/** In the order of the ids, a few at a time. */
export async function wholeTraces(client: TempoClient, ids: readonly string[]): Promise<readonly Trace[]> {
  const found: Trace[] = [];
  for (let at = 0; at < ids.length; at += atATime) {
    found.push(...(await Promise.all(ids.slice(at, at + atATime).map((id) => foundTrace(client, id)))));
  }
  return found;
}

async function foundTrace(client: TempoClient, traceId: string): Promise<Trace> {
  const trace = await client.trace(traceId);
  if (trace !== undefined) return trace;
  throw new NoAnswer('backend-cut', `Tempo found trace ${traceId} and does not have it`, {
    hint: 'it may have been deleted just now; ask again',
  });
}
