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
type Params = z.output<typeof schema> & {
  /** What `all` means. Without it nothing is looked at, and nothing is met. */
  readonly all?: readonly string[];
};

interface Seen extends Observation {
  readonly groups: readonly Group[];
}

const minRequests = 10;

/**
 * Nothing has changed at these services since the calm act; in the calm act itself: no errors. Each service needs enough requests,
 * in both acts, so an observation stands on as many as the least busy service has.
 */
export const quiet: ExpectationKind<Params, Seen> = {
  params: schema,
  text: ({ services }) => `${services === 'all' ? 'all services' : services.join(', ')} quiet`,
  forServices: (params, all) => (params.services === 'all' ? { ...params, all } : params),
  targets: (params) => named(params).map((service) => ({ service })),
  asks: ['endpoints', 'queries'],
  timing: () => 'stays',
  minRequests,
  minWindowMs: 10_000,
  async observe(backend, window, params) {
    const [endpoints, queries] = await Promise.all([backend.endpoints(window, {}), backend.queries(window, {})]);
    const names = named(params);
    const groups = [...endpoints.map(ofEndpoint), ...queries.map(ofQuery)].filter(({ service }) =>
      names.includes(service),
    );
    const counts = names.map((name) => requestsTo(name, groups));
    const values = {
      requests: counts.reduce((sum, count) => sum + count, 0),
      errors: groups.filter(({ kind }) => kind === 'endpoint').reduce((sum, { errorCount }) => sum + errorCount, 0),
      services: counts.filter((count) => count > 0).length,
    };
    return { requests: names.length === 0 ? 0 : Math.min(...counts), groups, values, traceIds: [] };
  },
  judge(params, now, baseline): Judgement {
    const names = named(params);
    const silent = names.filter((name) => requestsTo(name, now.groups) === 0);
    if (silent.length > 0) return { outcome: 'no-baseline', reason: `nothing is known of ${silent.join(', ')}` };
    const unknown = baseline ? names.filter((name) => requestsTo(name, baseline.groups) < minRequests) : [];
    if (unknown.length > 0) {
      return { outcome: 'no-baseline', reason: `too few requests to ${unknown.join(', ')} in the calm act` };
    }
    const problems = baseline ? problemsSince(now.groups, baseline.groups) : problemsIn(now.groups);
    if (problems.length > 0) return { outcome: 'not-met', reason: problems.join('; ') };
    return { outcome: 'met', reason: `${names.length} services as before, ${now.requests} requests or more each` };
  },
};

function named({ services, all = [] }: Params): readonly string[] {
  return services === 'all' ? all : services;
}

/** Requests to a service; of a worker, which serves none, the queries it makes. */
function requestsTo(name: string, groups: readonly Group[]): number {
  const own = groups.filter(({ service }) => service === name);
  const served = own.filter(({ kind }) => kind === 'endpoint');
  return (served.length > 0 ? served : own).reduce((sum, { count }) => sum + count, 0);
}

function ofEndpoint({ method, route, ...stats }: EndpointStats): Group {
  return { ...stats, kind: 'endpoint', name: `${method} ${route}` };
}

function ofQuery({ query, ...stats }: QueryStats): Group {
  return { ...stats, kind: 'query', name: query };
}
