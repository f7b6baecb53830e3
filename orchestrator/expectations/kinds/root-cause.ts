import { z } from 'zod';
import type { Span, Trace } from '../../backends/backend.ts';
import { change } from '../comparison.ts';
import { endpointTotals } from '../endpoint.ts';
import type { ExpectationKind, Judgement, Observation } from '../expectation.ts';
import { calmValue, endpointFilter, endpointName, numberOf, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({
  service: serviceName,
  exception: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Type of the exception.', examples: ['TypeError'] }),
  entry: z
    .strictObject({ service: serviceName, route: routeName })
    .optional()
    .meta({ description: 'Only the failing requests of this endpoint; without it, all failing traces of the shop.' }),
});
type Params = z.output<typeof schema>;

interface Seen extends Observation {
  /** Of each failing trace. */
  readonly culprits: readonly Culprit[];
}

interface Culprit {
  readonly traceId: string;
  readonly service: string;
  readonly exception: string;
}

const minRequests = 20;
const enough = { failingTraces: 3, share: 0.8 };

/** So many percent more failing requests than in the calm act are no failure any more. */
const healedWithinPoints = 1;

/** Failing traces point at one service (and exception): at least 80 % of them have their deepest failing span there. */
export const rootCause: ExpectationKind<Params, Seen> = {
  params: schema,
  text: (params) => `${params.entry ? `${endpointName(params.entry)} fails` : 'failures'} because of ${cause(params)}`,
  targets: ({ service, entry }) => [{ service }, ...(entry ? [entry] : [])],
  asks: ['traces'],
  timing: () => 'appears',
  minRequests,
  async observe(backend, window, { service, entry }) {
    const [{ requests, errors }, traces] = await Promise.all([
      endpointTotals(backend, window, entry ?? endpointFilter({ service })),
      backend.traces(window, { ...entry, error: true, limit: 50 }),
    ]);
    const culprits = traces.flatMap((trace) => culpritOf(trace) ?? []);
    return {
      requests,
      culprits,
      values: {
        requests,
        ...(requests > 0 && { errorPercent: (100 * errors) / requests }),
        failing: culprits.length,
        ...mostBlamed(culprits),
      },
      traceIds: culprits.slice(0, 3).map(({ traceId }) => traceId),
    };
  },
  judge(params, { culprits }): Judgement {
    if (culprits.length < enough.failingTraces) {
      return { outcome: 'not-met', reason: `${culprits.length} failing traces, ${enough.failingTraces} are needed` };
    }
    const agreeing = culprits.filter((culprit) => blames(params, culprit)).length;
    const percent = Math.round((100 * agreeing) / culprits.length);
    const reason = `${percent}% of ${culprits.length} failing traces end at ${cause(params)}`;
    if (agreeing / culprits.length >= enough.share) return { outcome: 'met', reason };
    const most = mostBlamed(culprits);
    return { outcome: 'not-met', reason: `${reason}, most at ${most.culprit}` };
  },
  healed(params, now, baseline): Judgement {
    const left = now.culprits.filter((culprit) => blames(params, culprit)).length;
    const reason = `${left} failures at ${cause(params)} in ${now.requests} requests`;
    const percent = numberOf(now, 'errorPercent') ?? 0;
    const before = calmValue(baseline, 'errorPercent', minRequests);
    if (percent > (before ?? 0) + healedWithinPoints) {
      return { outcome: 'not-met', reason: `${reason}, error rate still ${change('percent', percent, before)}` };
    }
    return { outcome: left === 0 ? 'met' : 'not-met', reason };
  },
};

/** Where a trace failed first: of the failing spans without a failing child, the earliest. Undefined when nothing failed. */
export function culpritOf(trace: Trace): Culprit | undefined {
  const failing = trace.spans.filter(failed);
  const parents = new Set(failing.map(({ parentSpanId }) => parentSpanId));
  const deepest = failing.filter(({ spanId }) => !parents.has(spanId)).toSorted((a, b) => a.startMs - b.startMs)[0];
  return deepest && { traceId: trace.traceId, service: deepest.service, exception: exceptionOf(deepest) };
}

function failed({ status, attributes }: Span): boolean {
  return status === 'error' || Number(attributes['http.response.status_code'] ?? 0) >= 500;
}

function exceptionOf({ events, attributes }: Span): string {
  const recorded = events.findLast(({ name }) => name === 'exception')?.attributes['exception.type'];
  return String(recorded ?? attributes['error.type'] ?? 'unknown');
}

function blames(params: Params, culprit: Culprit): boolean {
  return culprit.service === params.service && (params.exception ?? culprit.exception) === culprit.exception;
}

function cause({ service, exception }: { readonly service: string; readonly exception?: string | undefined }): string {
  return exception === undefined ? service : `${exception} in ${service}`;
}

function mostBlamed(culprits: readonly Culprit[]): { readonly culprit: string } {
  const counts = new Map<string, number>();
  for (const culprit of culprits) counts.set(cause(culprit), (counts.get(cause(culprit)) ?? 0) + 1);
  return { culprit: [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'nothing' };
}
