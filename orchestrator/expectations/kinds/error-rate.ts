import { z } from 'zod';
import { bounded } from '../bounded.ts';
import { boundOn } from '../comparison.ts';
import { endpointTotals, exampleTraces } from '../endpoint.ts';
import type { ExpectationKind } from '../expectation.ts';
import { endpointFilter, endpointName, routeName, serviceName } from '../parameters.ts';

const schema = z.strictObject({ service: serviceName, route: routeName.optional(), rate: boundOn('percent') });
type Params = z.output<typeof schema>;

const minRequests = 20;

/** Share of a service's or an endpoint's requests that end with a status code >= 500, in percent. */
export const errorRate: ExpectationKind<Params> = {
  params: schema,
  text: (params) => `${endpointName(params)} error rate ${params.rate.text}`,
  targets: (params) => [endpointFilter(params)],
  asks: ['endpoints'],
  minRequests,
  async observe(backend, window, params) {
    const filter = endpointFilter(params);
    const { requests, errors } = await endpointTotals(backend, window, filter);
    if (requests === 0) return { requests, values: { requests }, traceIds: [] };
    const traceIds = errors === 0 ? [] : await exampleTraces(backend, window, { ...filter, error: true });
    return { requests, values: { requests, errors, errorPercent: (100 * errors) / requests }, traceIds };
  },
  ...bounded(({ rate }: Params) => rate, {
    name: 'error rate',
    value: 'errorPercent',
    minRequests,
    back: { factor: 1, slack: 1 },
  }),
};
