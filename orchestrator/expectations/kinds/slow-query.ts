import { z } from 'zod';
import { bounded } from '../bounded.ts';
import { boundOn } from '../comparison.ts';
import { exampleTraces, slowestOf } from '../endpoint.ts';
import type { ExpectationKind } from '../expectation.ts';
import { serviceName } from '../parameters.ts';

const schema = z.strictObject({
  service: serviceName,
  query: z
    .string()
    .min(1)
    .meta({ description: 'Part of the query text, in any case.', examples: ['FROM products'] }),
  p95: boundOn('duration'),
});
type Params = z.output<typeof schema>;

const minRequests = 10;

/** 95th percentile of a service's slowest database query with that text. */
export const slowQuery: ExpectationKind<Params> = {
  params: schema,
  text: ({ service, query, p95 }) => `${service} query "${query}" p95 ${p95.text}`,
  targets: ({ service }) => [{ service }],
  asks: ['queries'],
  minRequests,
  async observe(backend, window, { service, query }) {
    const rows = await backend.queries(window, { service, contains: query });
    const requests = rows.reduce((sum, { count }) => sum + count, 0);
    const slowest = slowestOf(rows);
    if (!slowest) return { requests, values: { executions: requests }, traceIds: [] };
    const traceIds = await exampleTraces(backend, window, {
      service,
      attributes: { 'db.query.text': slowest.query },
      minDurationMs: slowest.p95Ms * 0.9,
    });
    return { requests, values: { executions: requests, p95Ms: slowest.p95Ms, query: slowest.query }, traceIds };
  },
  ...bounded(({ p95 }: Params) => p95, {
    name: 'query p95',
    value: 'p95Ms',
    minRequests,
    back: { factor: 2, slack: 20 },
  }),
};
