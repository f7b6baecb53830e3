import type { EndpointFilter, EndpointStats, QueryFilter, QueryStats, Window } from '../backend.ts';
import { queriesOf } from '../computed/index.ts';
import { endpointOrder, queryOrder } from '../order.ts';
import type { StatisticsQuestion } from './client.ts';
import { type Asking, fetchAll, listAll } from './listing.ts';
import { isEmpty, pieces, wholeSeconds } from './windows.ts';
import { versionsOf, withVersions } from './versions.ts';

/** Statistics of one group, of one or several windows. */
interface Sums {
  readonly count: number;
  readonly errorCount: number;
  readonly totalMs: number;
  readonly p95Ms: number;
}

/** By service, method and route, most requests first; of each release apart, if asked. */
export async function endpoints(
  asking: Asking,
  window: Window,
  filter: EndpointFilter,
): Promise<readonly EndpointStats[]> {
  if (isEmpty(window)) return [];
  const services = filter.service === undefined ? asking.settings.services : [filter.service];
  const rows = await Promise.all(
    services.map(async (service) => {
      const all = endpointsOf(asking, window, { service, ...filter });
      if (!filter.byVersion) return all;
      const apart = (await versionsOf(asking, window, service)).map((version) =>
        endpointsOf(asking, window, { service, ...filter, version }),
      );
      return withVersions(asking.name, await all, (await Promise.all(apart)).flat());
    }),
  );
  return rows.flat().toSorted(endpointOrder);
}

async function endpointsOf(
  { name, client }: Asking,
  window: Window,
  { service, route, version }: { readonly service: string; readonly route?: string; readonly version?: string },
): Promise<readonly EndpointStats[]> {
  const space = route?.indexOf(' ') ?? 0;
  const asked =
    route === undefined ? {} : { method: route.slice(0, Math.max(0, space)), route: route.slice(space + 1) };
  const question: Omit<StatisticsQuestion, 'seconds'> = {
    service,
    ...asked,
    ...(version !== undefined && { version }),
  };
  const rows = await Promise.all(
    pieces(name, wholeSeconds(name, window)).map((seconds) => client.httpServerStats({ ...question, seconds })),
  );
  // Mackerel takes a part of a route for it.
  const exact = rows.flat().filter((row) => route === undefined || `${row.method} ${row.route}` === route);
  return [...Map.groupBy(exact, (row) => `${row.method} ${row.route}`).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sums = group.map((row) => ({
      count: row.requestCount,
      errorCount: Math.round((row.errorRatePercentage * row.requestCount) / 100),
      totalMs: row.totalMillis,
      p95Ms: row.approxP95Millis,
    }));
    return {
      service,
      ...(version !== undefined && { version }),
      method: first.method,
      route: first.route,
      ...merged(sums),
    };
  });
}

/** By service and query text, most executions first. */
export async function queries(asking: Asking, window: Window, filter: QueryFilter): Promise<readonly QueryStats[]> {
  if (isEmpty(window)) return [];
  const services = filter.service === undefined ? asking.settings.services : [filter.service];
  const rows = await Promise.all(services.map((service) => queriesOfService(asking, window, { ...filter, service })));
  return rows.flat().toSorted(queryOrder);
}

async function queriesOfService(
  asking: Asking,
  window: Window,
  { service, contains = '' }: QueryFilter & { readonly service: string },
): Promise<readonly QueryStats[]> {
  const { name, client } = asking;
  const whole = wholeSeconds(name, window);
  const answers = await Promise.all(pieces(name, whole).map((seconds) => client.dbQueryStats({ service, seconds })));
  // Mackerel takes a part of a query too, but does not say whether its case matters.
  const part = contains.toLowerCase();
  const rows = answers.flat().filter(({ query }) => query.toLowerCase().includes(part));
  if (rows.length === 0) return [];
  const failures = await failuresOf(asking, { from: whole.from * 1000, to: whole.to * 1000 }, service);
  return [...Map.groupBy(rows, ({ query }) => query)].map(([query, group]) => {
    const sums = group.map((row) => ({
      count: row.executionCount,
      errorCount: 0,
      totalMs: row.totalMillis,
      p95Ms: row.approxP95Millis,
    }));
    return { service, query, ...merged(sums), errorCount: failures.get(query) ?? 0 };
  });
}

/** How many queries a service made, whichever they are. */
export async function executions({ name, client }: Asking, window: Window, service: string): Promise<number> {
  const asked = pieces(name, wholeSeconds(name, window)).map((seconds) => client.dbQueryStats({ service, seconds }));
  return (await Promise.all(asked)).flat().reduce((sum, { executionCount }) => sum + executionCount, 0);
}

/** How often each query of a service failed. Mackerel's statistics do not say it, so it is counted in the traces with errors. */
async function failuresOf(asking: Asking, window: Window, service: string): Promise<ReadonlyMap<string, number>> {
  const { maxTraces } = asking.settings.limits;
  const listed = await listAll(asking, window, { services: [service], statusCode: 'ERROR' }, maxTraces);
  const traces = await fetchAll(asking, listed);
  const rows = queriesOf(
    traces.flatMap(({ spans }) => spans),
    window,
    { service },
  );
  return new Map(rows.map(({ query, errorCount }) => [query, errorCount]));
}

/** Counts add up and averages are weighted by them; of several p95 the highest is at least the whole's. */
function merged(parts: readonly Sums[]): Omit<EndpointStats, 'service' | 'method' | 'route' | 'version'> {
  const sum = (of: (part: Sums) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const count = sum((part) => part.count);
  return {
    count,
    errorCount: sum((part) => part.errorCount),
    avgMs: count === 0 ? 0 : sum((part) => part.totalMs) / count,
    p95Ms: Math.max(...parts.map((part) => part.p95Ms)),
  };
}
