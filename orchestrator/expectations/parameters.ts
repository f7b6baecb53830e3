import { z } from 'zod';
import type { Observation } from './expectation.ts';

export const serviceName = z
  .string()
  .min(1)
  .meta({ description: 'A service of the shop.', examples: ['catalog'] });

export const routeName = z
  .string()
  .regex(/^[A-Z]+ \/\S*$/, {
    error: "write the method and the route as the traces show them, for example 'GET /products/:id'",
  })
  .meta({ description: 'A route of the service, `METHOD /path/:param`.', examples: ['GET /products'] });

/** `catalog GET /products`, or `catalog`. */
export function endpointName({
  service,
  route,
}: {
  readonly service: string;
  readonly route?: string | undefined;
}): string {
  return route === undefined ? service : `${service} ${route}`;
}

/** A number of the calm act's observation, unless it stands on too few requests to be compared with. */
export function calmValue(baseline: Observation | undefined, name: string, minRequests: number): number | undefined {
  if (!baseline || baseline.requests < minRequests) return undefined;
  return numberOf(baseline, name);
}

export function numberOf(seen: Pick<Observation, 'values'>, name: string): number | undefined {
  const value = seen.values[name];
  return typeof value === 'number' ? value : undefined;
}

/** The filter that backends take: without a key whose value is undefined. */
export function endpointFilter(params: { readonly service: string; readonly route?: string | undefined }) {
  return params.route === undefined ? { service: params.service } : { service: params.service, route: params.route };
}
