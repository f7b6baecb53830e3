import { z } from 'zod';
import { bounded } from '../bounded.ts';
import { boundOn } from '../comparison.ts';
import { endpointTotals, exampleTraces } from '../endpoint.ts';
import type { ExpectationKind } from '../expectation.ts';
import { endpointFilter, endpointName, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({ service: serviceName, route: routeName.optional(), p95: boundOn('duration') });
type Params = z.output<typeof schema>;

const minRequests = 10;

/** 95th percentile of an endpoint, or of a service's slowest endpoint. */
export const latency: ExpectationKind<Params> = {
  params: schema,
  text: (params) => `${endpointName(params)} p95 ${params.p95.text}`,
  targets: (params) => [endpointFilter(params)],
  asks: ['endpoints'],
  minRequests,
  async observe(backend, window, params) {
    const filter = endpointFilter(params);
    const { requests, p95Ms } = await endpointTotals(backend, window, filter);
    if (p95Ms === undefined) return { requests, values: { requests }, traceIds: [] };
    const traceIds = await exampleTraces(backend, window, { ...filter, minDurationMs: p95Ms * 0.9 });
    return { requests, values: { requests, p95Ms }, traceIds };
  },
  ...bounded(({ p95 }: Params) => p95, {
    name: 'p95',
    value: 'p95Ms',
    minRequests,
    // What `quiet` still takes for unchanged.
    back: { factor: 2, slack: 100 },
  }),
};
