import type { ErrorGroup, Span, Tendency, TendencyFilter, Trace, Window } from '../backend.ts';
import { errorsOf, tendencyOf, type Weights } from '../computed/index.ts';
import { messageOf } from '../../errors.ts';
import { NoAnswer } from '../http.ts';
import type { Summary } from './answers.ts';
import { type Asking, fetchAll, listAll, spread } from './listing.ts';
import { routeConditions } from './search.ts';
import { endpoints } from './statistics.ts';
import { isEmpty } from './windows.ts';

/** Traces that are listed, though not all are fetched, to know how many bad ones there are. */
const maxListed = 2000;

/** Exceptions in the traces with errors, all of which are read. */
export async function errors(
  asking: Asking,
  window: Window,
  filter: { readonly service?: string },
): Promise<readonly ErrorGroup[]> {
  if (isEmpty(window)) return [];
  const services = filter.service === undefined ? asking.settings.services : [filter.service];
  const { maxTraces } = asking.settings.limits;
  const listed = await listAll(asking, window, { services, statusCode: 'ERROR' }, maxTraces);
  return errorsOf(spansOf(await fetchAll(asking, listed)), window, filter);
}

/**
 * From all traces of the endpoint where they can be read. Of more, from bad and good ones spread over the window, and from how many there
 * are of both.
 */
export async function tendency(asking: Asking, window: Window, filter: TendencyFilter): Promise<readonly Tendency[]> {
  if (isEmpty(window)) return [];
  const { maxTraces } = asking.settings.limits;
  const question = { services: [filter.service], attributes: routeConditions(filter.route) };
  const listed = await listAll(asking, window, question, maxListed);
  if (listed.length <= maxTraces) return tendencyOf(await fetchAll(asking, listed), window, filter);
  // Those that began before the window are few, and would be counted as if they were in it.
  const inside = listed.filter(({ serviceStartAt }) => serviceStartAt >= Math.floor(window.from / 1000));
  const badIds = await badOf(asking, window, filter, inside);
  const bad = inside.filter(({ traceId }) => badIds.has(traceId));
  const good = inside.filter(({ traceId }) => !badIds.has(traceId));
  const half = Math.floor(maxTraces / 2);
  const [weights, sample] = await Promise.all([
    weightsOf(asking, window, filter, bad.length / inside.length),
    fetchAll(asking, [...spread(bad, half), ...spread(good, half)]),
  ]);
  return estimated(asking.name, () => tendencyOf(sample, window, filter, weights));
}

/** Ids of the bad ones among those listed. How long a request took is told by its service's time in the trace. */
async function badOf(
  asking: Asking,
  window: Window,
  { service, route, bad }: TendencyFilter,
  listed: readonly Summary[],
): Promise<ReadonlySet<string>> {
  const question = { services: [service], attributes: routeConditions(route), statusCode: 'ERROR' } as const;
  const found =
    'slowerThanMs' in bad
      ? listed.filter(({ serviceLatencyMillis }) => serviceLatencyMillis > bad.slowerThanMs)
      : await listAll(asking, window, question, maxListed);
  return new Set(found.map(({ traceId }) => traceId));
}

/** How many requests are bad: errors by Mackerel's statistics; slow ones by their share of the listed traces. */
async function weightsOf(
  asking: Asking,
  window: Window,
  { service, route, bad }: TendencyFilter,
  badShare: number,
): Promise<Weights> {
  const rows = await endpoints(asking, window, { service, ...(route !== undefined && { route }) });
  const requests = rows.reduce((sum, { count }) => sum + count, 0);
  const failed = rows.reduce((sum, { errorCount }) => sum + errorCount, 0);
  const badCount = 'error' in bad ? failed : Math.round(requests * badShare);
  return { bad: badCount, good: requests - badCount };
}

function estimated<T>(name: string, estimate: () => T): T {
  try {
    return estimate();
  } catch (error) {
    throw new NoAnswer('backend-nonsense', `${name}: its statistics and its traces do not agree: ${messageOf(error)}`, {
      hint: 'some may be on their way; ask again',
      cause: error,
    });
  }
}

function spansOf(traces: readonly Trace[]): readonly Span[] {
  return traces.flatMap(({ spans }) => spans);
}
