import { z } from 'zod';
import { backToNormal, boundOn, compare } from '../comparison.ts';
import { endpointTotals, exampleTraces } from '../endpoint.ts';
import type { ExpectationKind } from '../expectation.ts';
import { calmValue, endpointFilter, endpointName, numberOf, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({ service: serviceName, route: routeName.optional(), p95: boundOn('duration') });
type Params = z.output<typeof schema>;

const minRequests = 10;

/** 95th percentile of an endpoint, or of a service's slowest endpoint. */
export const latency: ExpectationKind<Params> = {
  params: schema,
  text: (params) => `${endpointName(params)} p95 ${params.p95.text}`,
  targets: (params) => [endpointFilter(params)],
  asks: ['endpoints'],
  timing: 'appears',
  minRequests,
  async observe(backend, window, params) {
    const filter = endpointFilter(params);
    const { requests, p95Ms } = await endpointTotals(backend, window, filter);
    if (p95Ms === undefined) return { requests, values: { requests }, traceIds: [] };
    const traceIds = await exampleTraces(backend, window, { ...filter, minDurationMs: p95Ms * 0.9 });
    return { requests, values: { requests, p95Ms }, traceIds };
  },
  judge: ({ p95 }, now, baseline) =>
    compare(p95, 'p95', numberOf(now, 'p95Ms'), calmValue(baseline, 'p95Ms', minRequests)),
  healed: ({ p95 }, now, baseline) =>
    backToNormal(
      p95,
      'p95',
      { now: numberOf(now, 'p95Ms'), before: calmValue(baseline, 'p95Ms', minRequests) },
      { factor: 1.5, slack: 50 },
    ),
};
