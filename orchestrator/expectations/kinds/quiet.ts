import { z } from 'zod';
import type { EndpointStats, QueryStats } from '../../backends/backend.ts';
import type { ExpectationKind, Judgement, Observation } from '../expectation.ts';
import { serviceName } from '../parameters.ts';
import { type Group, problemsIn, problemsSince } from '../quiet-rules.ts';

const schema = z.strictObject({
  services: z.union([z.literal('all'), z.array(serviceName).min(1)]).meta({
    description: '`all`, or the services that must be unchanged.',
    examples: ['all', ['payment', 'inventory']],
  }),
});
type Params = z.output<typeof schema>;

interface Seen extends Observation {
  readonly groups: readonly Group[];
}

/** Nothing has changed at these services since the calm act; in the calm act itself: no errors, and traffic on each. */
export const quiet: ExpectationKind<Params, Seen> = {
  params: schema,
  text: ({ services }) => `${services === 'all' ? 'all services' : services.join(', ')} quiet`,
  targets: ({ services }) => (services === 'all' ? ['all'] : services).map((service) => ({ service })),
  asks: ['endpoints', 'queries'],
  timing: 'stays',
  minRequests: 20,
  minWindowMs: 10_000,
  async observe(backend, window, { services }) {
    const [endpoints, queries] = await Promise.all([backend.endpoints(window, {}), backend.queries(window, {})]);
    const concerned = ({ service }: { service: string }) => services === 'all' || services.includes(service);
    const groups = [...endpoints.map(ofEndpoint), ...queries.map(ofQuery)].filter(concerned);
    const served = groups.filter(({ kind }) => kind === 'endpoint');
    const requests = sum(served.length > 0 ? served : groups, ({ count }) => count);
    const errors = sum(served, ({ errorCount }) => errorCount);
    const values = { requests, errors, services: new Set(groups.map(({ service }) => service)).size };
    return { requests, groups, values, traceIds: [] };
  },
  judge({ services }, now, baseline): Judgement {
    const expected =
      services === 'all' ? new Set((baseline ?? now).groups.map(({ service }) => service)) : new Set(services);
    const silent = [...expected].filter(
      (name) => !now.groups.some(({ service, count }) => service === name && count > 0),
    );
    const problems = [
      ...silent.map((service) => `${service} is silent`),
      ...(baseline ? problemsSince(now.groups, baseline.groups) : problemsIn(now.groups)),
    ];
    if (problems.length > 0) return { outcome: 'not-met', reason: problems.join('; ') };
    return { outcome: 'met', reason: `${now.requests} requests to ${expected.size} services as before` };
  },
};

function ofEndpoint({ method, route, ...stats }: EndpointStats): Group {
  return { ...stats, kind: 'endpoint', name: `${method} ${route}` };
}

function ofQuery({ query, ...stats }: QueryStats): Group {
  return { ...stats, kind: 'query', name: query };
}

function sum(groups: readonly Group[], of: (group: Group) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}
