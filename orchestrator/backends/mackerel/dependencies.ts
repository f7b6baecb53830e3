import type { Dependency, Span, Trace, Window } from '../backend.ts';
import { dependenciesOf, endpointsOf, queriesOf } from '../computed/index.ts';
import { dependencyOrder } from '../order.ts';
import type { Summary } from './answers.ts';
import { allOf, type Asking, fetchAll, type Listed, listEach, spread, tooMuch } from './listing.ts';
import { endpoints, executions } from './statistics.ts';
import { isEmpty } from './windows.ts';

/** Of the traces that may be read, those that a sample has: listing took time already. */
const sampledPart = 2 / 3;

/**
 * Calls in all traces of the window, where they can be read. Of more, the calls of each service are counted in traces of its own:
 * in all of them where they are few, else in some of the newest, which stand for all requests that it served. Throws a NoAnswer where
 * nothing says how many that were.
 */
export async function dependencies(asking: Asking, window: Window): Promise<readonly Dependency[]> {
  if (isEmpty(window)) return [];
  const { services, limits } = asking.settings;
  const lists = await listEach(asking, window, { services }, limits.maxTraces);
  const all = allOf(lists, limits.maxTraces);
  if (all) {
    const spans = (await fetchAll(asking, all)).flatMap((trace) => trace.spans);
    return dependenciesOf(spans, window, new Set([...services, ...spans.map(({ service }) => service)]));
  }
  const samples = sampled(lists, Math.floor(limits.maxTraces * sampledPart));
  const fetched = await fetchEach(asking, samples);
  const edges = await Promise.all(samples.map((sample) => callsOf(asking, window, sample, fetched)));
  return edges.flat().toSorted(dependencyOrder);
}

/** Of the traces of a service, those that are read. */
interface Sample {
  readonly service: string;
  readonly traces: readonly Summary[];
  /** All of them. */
  readonly whole: boolean;
}

/** What is read of each list, about `most` in all: of short lists everything, of the others a like share of what is left. */
function sampled(lists: readonly Listed[], most: number): readonly Sample[] {
  const chosen = new Set<string>();
  const fewestFirst = lists.toSorted((a, b) => a.traces.length - b.traces.length);
  return fewestFirst.map(({ service, traces, complete }, index) => {
    const share = Math.max(1, Math.floor((most - chosen.size) / (lists.length - index)));
    // What is read for another service costs nothing. Alone it would be no fair sample of this one, though.
    const fresh = traces.filter(({ traceId }) => !chosen.has(traceId)).length;
    const read = fresh <= share ? traces : spread(traces, share);
    for (const { traceId } of read) chosen.add(traceId);
    return { service, traces: read, whole: complete && read.length === traces.length };
  });
}

async function fetchEach(asking: Asking, samples: readonly Sample[]): Promise<ReadonlyMap<string, Trace>> {
  const once = new Map(samples.flatMap(({ traces }) => traces.map((summary) => [summary.traceId, summary])));
  const traces = await fetchAll(asking, [...once.values()]);
  return new Map(traces.map((trace) => [trace.traceId, trace]));
}

/** The calls that a service makes, by its sample. */
async function callsOf(
  asking: Asking,
  window: Window,
  { service, traces, whole }: Sample,
  fetched: ReadonlyMap<string, Trace>,
): Promise<readonly Dependency[]> {
  const spans = traces.flatMap(({ traceId }) => fetched.get(traceId)?.spans ?? []);
  const known = new Set([...asking.settings.services, ...spans.map((span) => span.service)]);
  const calls = dependenciesOf(spans, window, known).filter(({ from }) => from === service);
  if (whole || calls.length === 0) return calls;
  const factor = await requestsPerSampled(asking, window, service, spans);
  return calls.map((edge) => ({
    ...edge,
    count: Math.round(edge.count * factor),
    errorCount: Math.round(edge.errorCount * factor),
  }));
}

/**
 * How many requests each sampled one stands for; of a service that serves none, how many queries. Throws a NoAnswer where it makes none
 * either: nothing says how much it does.
 */
async function requestsPerSampled(
  asking: Asking,
  window: Window,
  service: string,
  spans: readonly Span[],
): Promise<number> {
  const here = total(endpointsOf(spans, window, { service }));
  const served = total(await endpoints(asking, window, { service }));
  if (here > 0 && served > 0) return Math.max(1, served / here);
  const queried = total(queriesOf(spans, window, { service }));
  const executed = served === 0 ? await executions(asking, window, service) : 0;
  if (queried > 0 && executed > 0) return Math.max(1, executed / queried);
  throw tooMuch(asking.name, asking.settings.limits.maxTraces);
}

function total(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}
