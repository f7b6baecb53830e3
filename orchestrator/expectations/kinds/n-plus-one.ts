import { z } from 'zod';
import type { Span, Trace } from '../../backends/backend.ts';
import { boundOn, change, compare, format, timingOf } from '../comparison.ts';
import { endpointTotals } from '../endpoint.ts';
import type { ExpectationKind, Judgement, Observation } from '../expectation.ts';
import { calmValue, endpointName, numberOf, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({ service: serviceName, route: routeName, repeats: boundOn('count') });
type Params = z.output<typeof schema>;

const minRequests = 5;
const sampledTraces = 20;

/** A median this far above the calm act's is a change, not a longer list. */
const growth = { factor: 2, least: 5 };

/** Clocks of one process: spans that touch by less than this ran one after the other. Milliseconds. */
const touching = 1;

/** One request repeats the same query one after the other: the median over traces of the longest such run. */
export const nPlusOne: ExpectationKind<Params> = {
  params: schema,
  text: (params) => `${endpointName(params)} repeats one query ${params.repeats.text}`,
  targets: ({ service, route }) => [{ service, route }],
  asks: ['traces'],
  timing: ({ repeats }) => timingOf(repeats),
  minRequests,
  async observe(backend, window, params) {
    const [{ requests }, traces] = await Promise.all([
      endpointTotals(backend, window, params),
      backend.traces(window, { service: params.service, route: params.route, limit: sampledTraces }),
    ]);
    const runs = traces.flatMap((trace) => longestRun(trace, params) ?? []).toSorted((a, b) => a.length - b.length);
    const median = runs[Math.floor((runs.length - 1) / 2)];
    if (!median) return { requests, values: { requests, traces: 0 }, traceIds: [] };
    const values = { requests, traces: runs.length, repeats: median.length, query: median.query };
    return {
      requests: runs.length < minRequests ? runs.length : requests,
      values,
      traceIds: runs.slice(-3).map(({ traceId }) => traceId),
    };
  },
  judge({ repeats }, now, baseline): Judgement {
    const { count, before } = counts(now, baseline);
    const judged = compare(repeats, 'repeats', count, before);
    if (judged.outcome !== 'met' || timingOf(repeats) === 'stays') return judged;
    if (before === undefined || count === undefined) return judged;
    if (count >= significant(before)) return judged;
    return { outcome: 'not-met', reason: `repeats ${change('count', count, before)}, which is no change` };
  },
  healed({ repeats }, now, baseline): Judgement {
    const { count, before } = counts(now, baseline);
    if (count === undefined) return { outcome: 'not-met', reason: 'no whole trace of the endpoint' };
    if (before === undefined) {
      const anomaly = compare(repeats, 'repeats', count, before);
      if (anomaly.outcome === 'no-baseline') return anomaly;
      return { outcome: anomaly.outcome === 'met' ? 'not-met' : 'met', reason: `repeats ${format('count', count)}` };
    }
    const outcome = count < significant(before) ? 'met' : 'not-met';
    return { outcome, reason: `repeats ${change('count', count, before)}` };
  },
};

function counts(now: Observation, baseline: Observation | undefined) {
  return { count: numberOf(now, 'repeats'), before: calmValue(baseline, 'repeats', minRequests) };
}

function significant(before: number): number {
  return Math.max(growth.factor * before, before + growth.least);
}

/** The longest run, over the requests to an endpoint in a trace; undefined when the endpoint's span is not in it (yet). */
export function longestRun(trace: Trace, endpoint: { readonly service: string; readonly route: string }) {
  const children = Map.groupBy(trace.spans, ({ parentSpanId }) => parentSpanId);
  const servers = trace.spans.filter((span) => serves(span, endpoint));
  if (servers.length === 0) return undefined;
  const runs = servers.flatMap((server) => runsBelow(server, children));
  const longest = runs.toSorted((a, b) => b.length - a.length)[0] ?? { length: 0, query: '' };
  return { traceId: trace.traceId, ...longest };
}

function serves({ service, kind, name, attributes }: Span, endpoint: { service: string; route: string }): boolean {
  if (service !== endpoint.service || kind !== 'server') return false;
  return (
    `${attributes['http.request.method']} ${attributes['http.route']}` === endpoint.route || name === endpoint.route
  );
}

type Children = ReadonlyMap<string | undefined, readonly Span[]>;

/** Runs among siblings, below the server span or below spans of its own code. */
function runsBelow(parent: Span, children: Children): { length: number; query: string }[] {
  const siblings = children.get(parent.spanId) ?? [];
  const queries = Map.groupBy(
    siblings.filter(({ kind }) => kind === 'client'),
    queryText,
  );
  const runs = [...queries].flatMap(([query, spans]) => (query ? [{ query, length: oneAfterTheOther(spans) }] : []));
  return [...runs, ...siblings.filter(({ kind }) => kind === 'internal').flatMap((span) => runsBelow(span, children))];
}

function queryText({ attributes }: Span): string {
  return String(attributes['db.query.text'] ?? attributes['db.statement'] ?? '');
}

/** How many of the spans follow each other without overlap, at most: interval scheduling by earliest end. */
function oneAfterTheOther(spans: readonly Span[]): number {
  let length = 0;
  let end = -Infinity;
  for (const span of spans.toSorted((a, b) => a.startMs + a.durationMs - (b.startMs + b.durationMs))) {
    if (span.startMs < end - touching) continue;
    length += 1;
    end = span.startMs + span.durationMs;
  }
  return length;
}
