import type { Tendency, TendencyFilter, Window } from '../backend.ts';
import { tendencyOf } from '../computed/index.ts';
import type { TempoClient } from './client.ts';
import { newestFirst, wholeTraces } from './traces.ts';
import { isError, isServer, lastsAtMost, lastsLonger, ofRoute, ofService, spanset } from './traceql.ts';

/** Of the bad and of the good requests' traces each. Shares of 100 are right to within 10 of a hundred. */
export const sampleSize = 100;

/**
 * From whole traces, since what explains an order is often known only to another service of its trace, which `compare()` does not
 * look at. Where there are more traces than a sample takes, the true counts of both kinds come from the search.
 */
export async function tendency(
  client: TempoClient,
  window: Window,
  filter: TendencyFilter,
): Promise<readonly Tendency[]> {
  const requests = [isServer, ...ofService(filter.service), ...ofRoute(filter.route)];
  const [isBad, isGood] =
    'slowerThanMs' in filter.bad
      ? [lastsLonger(filter.bad.slowerThanMs), lastsAtMost(filter.bad.slowerThanMs)]
      : [isError, `!${isError}`];
  const [bad, good] = await Promise.all([
    client.search(window, spanset(...requests, isBad), spansEach),
    client.search(window, spanset(...requests, isGood), spansEach),
  ]);
  if (bad.length === 0) return [];
  const sample = new Set([...spread(newestFirst(bad), sampleSize), ...spread(newestFirst(good), sampleSize)]);
  const isAll = Math.max(bad.length, good.length) <= sampleSize;
  const counts = { bad: spansOf(bad), good: spansOf(good) };
  return tendencyOf(await wholeTraces(client, [...sample]), window, filter, isAll ? undefined : counts);
}

/** Requests of one trace to one endpoint that are counted at most: Tempo 3 gives no more. */
const spansEach = 100;

function spansOf(hits: readonly { readonly spans: readonly unknown[] }[]): number {
  return hits.reduce((total, { spans }) => total + spans.length, 0);
}

/** So many of a list, evenly from its start to its end. */
function spread<T>(list: readonly T[], size: number): readonly T[] {
  if (list.length <= size) return list;
  return list.filter(
    (_, index) => Math.floor((index * size) / list.length) !== Math.floor(((index - 1) * size) / list.length),
  );
}
