import type { Attributes, Span, Tendency, TendencyFilter, Trace, Window } from '../backend.ts';
import { byText, inOrder } from '../order.ts';
import { inWindow, isError, ofRoute, ofService } from './spans.ts';
import { fewValues, maxValues, minBadShare, technical, telling } from './tendency-rules.ts';

const traceIdsShown = 5;
/** A trace may hold several requests; so many of them are looked at for different traces. */
const traceIdsSearched = 100;

const tellingKey = new RegExp(telling);
const technicalKey = new RegExp(technical);

/** How many bad and good requests there are where the traces are samples of both. */
export interface Weights {
  readonly bad: number;
  readonly good: number;
}

interface Request {
  readonly span: Span;
  readonly bad: boolean;
  /** Attribute and value, each pair once. */
  readonly pairs: ReadonlyMap<string, readonly [attribute: string, value: string]>;
}

/**
 * `Backend.tendency`, from all traces that have a span in the window; others may be among them. Of samples, `weights` says how many
 * there are; counts are estimated from them then. Throws where there are bad or good requests and no sample of them.
 *
 * Attributes of the endpoint's SERVER spans and of their resources count, and business attributes of the SERVER spans elsewhere
 * in the same traces (who is asked, checkout say, often knows more about an order than who asks).
 */
export function tendencyOf(
  traces: Iterable<Trace>,
  window: Window,
  filter: TendencyFilter,
  weights?: Weights,
): readonly Tendency[] {
  const requests = [...requestsOf(traces, window, filter)];
  const totals = totalsOf(requests, weights);
  if (totals.bad === 0) return [];
  return countedOf(requests)
    .map((counted) => tendencyOfValue(counted, totals))
    .filter(({ badShare, lift }) => badShare >= minBadShare && lift > 1)
    .toSorted(order);
}

function* requestsOf(traces: Iterable<Trace>, window: Window, filter: TendencyFilter): Generator<Request> {
  const conditions = [inWindow(window), ofService(filter.service), ofRoute(filter.route)];
  const isBad = badness(filter.bad);
  for (const { spans } of traces) {
    const servers = spans.filter(({ kind }) => kind === 'server');
    for (const span of servers) {
      if (!conditions.every((holds) => holds(span))) continue;
      const elsewhere = servers.filter(({ spanId }) => spanId !== span.spanId);
      yield { span, bad: isBad(span), pairs: pairsOf(span, elsewhere) };
    }
  }
}

function badness(bad: TendencyFilter['bad']): (span: Span) => boolean {
  return 'error' in bad ? isError : ({ durationMs }) => durationMs > bad.slowerThanMs;
}

function pairsOf(span: Span, elsewhere: readonly Span[]): Request['pairs'] {
  const pairs = new Map<string, readonly [string, string]>();
  const add = (attributes: Attributes, own: boolean): void => {
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value === '' || tellingKey.test(attribute) || (!own && technicalKey.test(attribute))) continue;
      pairs.set(JSON.stringify([attribute, String(value)]), [attribute, String(value)]);
    }
  };
  add(span.attributes, true);
  add(span.resource, true);
  for (const { attributes } of elsewhere) add(attributes, false);
  return pairs;
}

interface Totals extends Weights {
  /** Of those, how many are here. */
  readonly sampled: Weights;
}

function totalsOf(requests: readonly Request[], weights: Weights | undefined): Totals {
  const bad = requests.filter((request) => request.bad).length;
  const sampled = { bad, good: requests.length - bad };
  if (!weights) return { ...sampled, sampled };
  if ((weights.bad > 0 && sampled.bad === 0) || (weights.good > 0 && sampled.good === 0)) {
    throw new Error(
      `no sample of both: ${sampled.bad} of ${weights.bad} bad, ${sampled.good} of ${weights.good} good requests`,
    );
  }
  return { bad: Math.max(weights.bad, sampled.bad), good: Math.max(weights.good, sampled.good), sampled };
}

interface Counted {
  readonly attribute: string;
  readonly value: string;
  readonly bad: readonly Span[];
  readonly goodCount: number;
}

/** How many requests have each value, of those attributes that do not name single requests. */
function countedOf(requests: readonly Request[]): readonly Counted[] {
  const holders = new Map<string, { attribute: string; value: string; bad: Span[]; goodCount: number }>();
  const values = new Map<string, number>();
  for (const { span, bad, pairs } of requests) {
    for (const [key, [attribute, value]] of pairs) {
      let holder = holders.get(key);
      if (!holder) {
        holder = { attribute, value, bad: [], goodCount: 0 };
        holders.set(key, holder);
        values.set(attribute, (values.get(attribute) ?? 0) + 1);
      }
      if (bad) holder.bad.push(span);
      else holder.goodCount += 1;
    }
  }
  return [...holders.values()].filter(({ attribute }) => {
    const distinct = values.get(attribute) ?? 0;
    return distinct <= maxValues && (distinct <= fewValues || distinct * 2 <= requests.length);
  });
}

function tendencyOfValue({ attribute, value, bad, goodCount }: Counted, totals: Totals): Tendency {
  const { sampled } = totals;
  const badOfAll = (bad.length * totals.bad) / sampled.bad;
  const goodOfAll = sampled.good === 0 ? 0 : (goodCount * totals.good) / sampled.good;
  const newestFirst = bad.toSorted((a, b) => b.startMs - a.startMs || byText(a.traceId, b.traceId));
  return {
    attribute,
    value,
    badCount: Math.round(badOfAll),
    badShare: bad.length / sampled.bad,
    goodCount: Math.round(goodOfAll),
    goodShare: sampled.good === 0 ? 0 : goodCount / sampled.good,
    lift: (badOfAll * (totals.bad + totals.good)) / (totals.bad * (badOfAll + goodOfAll)),
    traceIds: [...new Set(newestFirst.slice(0, traceIdsSearched).map(({ traceId }) => traceId))].slice(
      0,
      traceIdsShown,
    ),
  };
}

const order = inOrder<Tendency>(
  (a, b) => b.lift - a.lift,
  (a, b) => b.badShare - a.badShare,
  (a, b) => byText(a.attribute, b.attribute),
  (a, b) => byText(a.value, b.value),
);
