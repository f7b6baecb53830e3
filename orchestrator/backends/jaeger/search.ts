import type { Span } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { type JaegerApi, type Search, searchDepth } from './api.ts';

/** A time in which there are still too many traces to be told is not divided further. Milliseconds. */
const shortestMs = 20;

export type FindSpans = (from: number, to: number) => Promise<readonly Span[]>;

/**
 * All spans of all traces with a span that begins in [from, to), epoch ms, whole; each span once. Throws NoAnswer where Jaeger holds back some of
 * them however short the time is made: a part is never given for the whole.
 */
export function finder(name: string, open: () => Promise<JaegerApi>): FindSpans {
  let perService: boolean | undefined;

  async function one(api: JaegerApi, search: Search): Promise<readonly Span[]> {
    const spans = await api.search(search);
    // As many traces as were asked for: there may be more.
    if (new Set(spans.map(({ traceId }) => traceId)).size < searchDepth) return spans;
    const { from, to, ...rest } = search;
    if (to - from < shortestMs) {
      throw new NoAnswer('backend-too-much', `${name} has more than ${searchDepth} traces within ${to - from} ms`, {
        hint: 'lower the rate of the load',
      });
    }
    const middle = Math.floor((from + to) / 2);
    return [...(await one(api, { ...rest, from, to: middle })), ...(await one(api, { ...rest, from: middle, to }))];
  }

  async function ofEachService(api: JaegerApi, search: Search): Promise<readonly Span[]> {
    const spans: Span[] = [];
    for (const service of await api.services()) spans.push(...(await one(api, { ...search, service })));
    return spans;
  }

  return async (from, to) => {
    const api = await open();
    perService ??= api.generation === 'legacy';
    const search = { from, to };
    const spans = perService
      ? await ofEachService(api, search)
      : await one(api, search).catch((error: unknown) => {
          if (!wantsService(error)) throw error;
          perService = true;
          return ofEachService(api, search);
        });
    return eachOnce(spans);
  };
}

/** Not every storage can be asked for all services at once. */
function wantsService(error: unknown): boolean {
  return (
    error instanceof NoAnswer &&
    (error.code === 'backend-rejected' || error.code === 'backend-failed') &&
    /service.?name/i.test(error.message)
  );
}

/** A trace is found by each of its services, and in each part of the time that it lasts. */
function eachOnce(spans: readonly Span[]): readonly Span[] {
  return [...new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span])).values()];
}
