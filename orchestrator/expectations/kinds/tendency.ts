import { z } from 'zod';
import type { Tendency, TendencyFilter } from '../../backends/backend.ts';
import { boundOn, compare } from '../comparison.ts';
import { endpointTotals } from '../endpoint.ts';
import type { ExpectationKind, Judgement, Observation } from '../expectation.ts';
import { endpointFilter, endpointName, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({
  service: serviceName,
  route: routeName.optional(),
  attribute: z
    .string()
    .min(1)
    .meta({ examples: ['shop.customer.country'] }),
  value: z.coerce.string().meta({ examples: ['CH'] }),
  lift: boundOn('count'),
  of: z
    .enum(['errors', 'slow'])
    .default('errors')
    .meta({ description: 'Which requests are bad: the failing ones, or those that take longer than half of the p95.' }),
});
type Params = z.output<typeof schema>;

interface Seen extends Observation {
  /** Values of the attribute, highest lift first; only those that bad requests have. */
  readonly ranking: readonly Tendency[];
}

const enoughBad = 3;

/** The bad requests of an endpoint share one attribute value: it has the highest lift of all values of that attribute. */
export const tendency: ExpectationKind<Params, Seen> = {
  params: schema,
  text: (params) => `${endpointName(params)} ${params.of} tend to ${named(params)}, lift ${params.lift.text}`,
  targets: (params) => [endpointFilter(params)],
  asks: ['tendency'],
  timing: () => 'appears',
  minRequests: 20,
  async observe(backend, window, params) {
    const filter = endpointFilter(params);
    const { requests, p95Ms } = await endpointTotals(backend, window, filter);
    const bad: TendencyFilter['bad'] = params.of === 'errors' ? { error: true } : { slowerThanMs: (p95Ms ?? 0) / 2 };
    const rows = requests === 0 ? [] : await backend.tendency(window, { ...filter, bad });
    const ranking = rows
      .filter(({ attribute, badCount }) => attribute === params.attribute && badCount > 0)
      .toSorted((a, b) => b.lift - a.lift);
    const own = ranking.find(({ value }) => value === params.value);
    const numbers = own ? { lift: own.lift, badCount: own.badCount, badPercent: 100 * own.badShare } : { badCount: 0 };
    return { requests, ranking, values: { requests, ...numbers }, traceIds: own?.traceIds ?? [] };
  },
  judge(params, { ranking }): Judgement {
    const [top] = ranking;
    const own = ranking.find(({ value }) => value === params.value);
    const badCount = own?.badCount ?? 0;
    if (!top || !own || badCount < enoughBad) {
      return {
        outcome: 'not-met',
        reason: `${badCount} of the ${params.of} have ${named(params)}, ${enoughBad} are needed`,
      };
    }
    if (top.lift > own.lift) {
      return { outcome: 'not-met', reason: `${top.value} stands out more than ${params.value}` };
    }
    return compare(params.lift, `lift of ${named(params)}`, own.lift, undefined);
  },
  healed(params, { ranking, requests }): Judgement {
    const own = ranking.find(({ value }) => value === params.value);
    const reason = `${own?.badCount ?? 0} of the ${params.of} have ${named(params)} in ${requests} requests`;
    if (!own) return { outcome: 'met', reason };
    const stillTends = params.of === 'errors' || compare(params.lift, 'lift', own.lift, undefined).outcome === 'met';
    return { outcome: stillTends ? 'not-met' : 'met', reason };
  },
};

function named({ attribute, value }: Params): string {
  return `${attribute}=${value}`;
}
