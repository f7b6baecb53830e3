import type { Tendency, TendencyFilter, Window } from '../backend.ts';
import { tendencyOf } from '../computed/index.ts';
import type { TempoClient } from './client.ts';
import { newestFirst, wholeTraces } from './traces.ts';
import { isError, isServer, lastsAtMost, lastsLonger, ofRoute, ofService, spanset } from './traceql.ts';

/** So many traces of requests, bad and good together, are all looked at; every one is a question of its own. */
export const allUpTo = 100;

/** Where there are more: of the bad and of the good ones' each. A share of 40 is right to within 16 of a hundred. */
export const sampleSize = 40;

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
  const isAll = bad.length + good.length <= allUpTo;
  const size = isAll ? allUpTo : sampleSize;
  const sample = new Set([...spread(newestFirst(bad), size), ...spread(newestFirst(good), size)]);
  const counts = { bad: spansOf(bad), good: spansOf(good) };
  return tendencyOf(await wholeTraces(client, [...sample]), window, filter, isAll ? undefined : counts);
}

/** Requests of one trace to one endpoint that are counted at most: Tempo 3 gives no more. */
const spansEach = 100;

function spansOf(hits: readonly { readonly spans: readonly unknown[] }[]): number {
  return hits.reduce((total, { spans }) => total + spans.length, 0);
}

/** So many of a list from its start to its end: one of each stretch, and not always at the same place, as traffic has a rhythm too. */
function spread<T>(list: readonly T[], size: number): readonly T[] {
  if (list.length <= size) return list;
  const places = Array.from({ length: size }, (_, stretch) => stretch + ((stretch * goldenRatio) % 1));
  return places.flatMap((place) => list.slice(Math.floor((place * list.length) / size)).slice(0, 1));
}

/** Its multiples fall evenly between whole numbers and never repeat. */
const goldenRatio = (1 + Math.sqrt(5)) / 2;
