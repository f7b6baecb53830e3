import { z } from 'zod';
import type { ExpectationKind } from '../../orchestrator/expectations/expectation.ts';
import type { Fault } from '../../orchestrator/faults/fault.ts';
import type { ServiceSpec } from '../../orchestrator/runtime/shop.ts';
import type { Catalogue } from '../../orchestrator/show/catalogue.ts';

// A shop, faults and kinds with the shapes of the real ones, for tests that read show files and never play them.

function service(name: string, spec: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    version: '1.0.0',
    releases: ['1.0.0'],
    instrumented: true,
    database: true,
    calls: [],
    routes: [],
    ...spec,
  };
}

function fault(spec: Partial<Fault>): Fault {
  return {
    story: 'a story',
    mechanism: 'a mechanism',
    signature: 'a signature',
    needs: [],
    targets: [],
    traffic: [],
    with: z.strictObject({}),
    inject: () => Promise.reject(new Error('never played')),
    ...spec,
  };
}

const targetParams = z.object({
  service: z.string().optional(),
  route: z.string().optional(),
  services: z.union([z.literal('all'), z.array(z.string())]).default([]),
});

const judge = () => ({ outcome: 'met', reason: 'never judged' }) as const;

function kind(params: z.ZodType, spec: Partial<ExpectationKind> = { healed: judge }): ExpectationKind {
  return {
    params,
    text: (given) => JSON.stringify(given),
    targets(given) {
      const { service: one, route, services } = targetParams.parse(given);
      if (one !== undefined) return [{ service: one, ...(route !== undefined && { route }) }];
      return (services === 'all' ? [] : services).map((name) => ({ service: name }));
    },
    asks: ['endpoints'],
    timing: () => 'appears',
    minRequests: 10,
    observe: () => Promise.reject(new Error('never asked')),
    judge,
    ...spec,
  };
}

export const smallCatalogue: Catalogue = {
  shop: {
    flags: { flags: {} },
    services: {
      storefront: service('storefront', {
        calls: ['catalog', 'payment'],
        routes: ['GET /api/products', 'POST /api/orders', 'GET /about'],
      }),
      catalog: service('catalog', { routes: ['GET /products', 'GET /search'] }),
      payment: service('payment', { calls: ['bank'], routes: ['POST /payments'] }),
      archive: service('archive', { routes: ['GET /archive'] }),
      bank: service('bank', { instrumented: false, routes: ['POST /charges'] }),
    },
  },
  faults: {
    'n-plus-one': fault({
      needs: ['release', 'flags'],
      targets: ['catalog'],
      traffic: [{ service: 'catalog', route: 'GET /products' }],
    }),
    'memory-leak': fault({
      needs: ['release'],
      targets: ['catalog', 'payment'],
      with: z.strictObject({ megabytes: z.int().default(8) }),
    }),
    'slow-third-party': fault({ needs: ['network'], targets: ['payment->bank'] }),
    'cold-archive': fault({
      needs: ['database'],
      targets: ['archive'],
      traffic: [{ service: 'archive', route: 'GET /archive' }],
    }),
  },
  kinds: {
    latency: kind(
      z.strictObject({
        service: z.string(),
        route: z.string().optional(),
        p95: z.string().meta({ examples: ['>= 3x baseline'] }),
      }),
    ),
    traffic: kind(z.strictObject({ service: z.string() }), { healed: judge, calm: true, minWindowMs: 6000 }),
    quiet: kind(z.strictObject({ services: z.union([z.literal('all'), z.array(z.string())]) }), {
      timing: () => 'stays',
    }),
  },
  profiles: {
    shoppers: {
      reaches: {
        storefront: ['GET /api/products', 'POST /api/orders'],
        catalog: ['GET /products', 'GET /search'],
        payment: ['POST /payments'],
      },
    },
    custom: {},
  },
  backends: ['embedded', 'jaeger'],
};
