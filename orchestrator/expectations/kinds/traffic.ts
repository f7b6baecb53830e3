import { z } from 'zod';
import { boundOn, change, compare, timingOf } from '../comparison.ts';
import { delivered, deliveryLagMs, endpointTotals } from '../endpoint.ts';
import type { ExpectationKind } from '../expectation.ts';
import { calmValue, endpointFilter, endpointName, numberOf, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({ service: serviceName, route: routeName.optional(), rate: boundOn('rate') });
type Params = z.output<typeof schema>;

/** Journeys are drawn at random, so a healthy endpoint's rate moves by this much over a short window. */
const usual = { least: 0.6, most: 1.6 };

/** Requests per second of a service or an endpoint. A show that expects no traffic at all says `min: 0`. */
export const traffic: ExpectationKind<Params> = {
  params: schema,
  text: (params) => `${endpointName(params)} traffic ${params.rate.text}`,
  targets: (params) => [endpointFilter(params)],
  asks: ['endpoints'],
  timing: ({ rate }) => timingOf(rate, '<'),
  lossLooksLikeIt: ({ rate }) => rate.operator.startsWith('<'),
  calm: true,
  minRequests: 1,
  // What counts ends two deliveries before now where a window ends one before: 5 s are left. Fewer of a few requests a second are chance.
  minWindowMs: 6000 + 2 * deliveryLagMs,
  async observe(backend, window, params) {
    const asked = delivered(window);
    const { requests } = await endpointTotals(backend, asked, endpointFilter(params));
    return { requests, values: { requests, perSecond: (1000 * requests) / (asked.to - asked.from) }, traceIds: [] };
  },
  judge: ({ rate }, now, baseline) =>
    compare(rate, 'traffic', numberOf(now, 'perSecond'), calmValue(baseline, 'perSecond', 1)),
  healed(_params, now, baseline) {
    const before = calmValue(baseline, 'perSecond', 1);
    if (before === undefined) return { outcome: 'no-baseline', reason: 'traffic is not known for the calm act' };
    const perSecond = numberOf(now, 'perSecond') ?? 0;
    const back = perSecond >= usual.least * before && perSecond <= usual.most * before;
    return { outcome: back ? 'met' : 'not-met', reason: `traffic ${change('rate', perSecond, before)}` };
  },
};
