import { describe, expect, test } from 'vitest';
import type { Backend, EndpointStats, QueryStats, Window } from '../../../../orchestrator/backends/backend.ts';
import { type ExpectationKind, heals, type Observation } from '../../../../orchestrator/expectations/expectation.ts';
import { expectationKinds } from '../../../../orchestrator/expectations/kinds/index.ts';
import { fakeBackend } from '../../../support/fake-stage.ts';
import { trace } from '../../../support/spans.ts';

// latency, error-rate, traffic, slow-query and dependency: one number of the backend against a bound.

const window: Window = { from: 100_000, to: 112_000 };

function kindNamed(name: string): ExpectationKind {
  const kind = expectationKinds[name];
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

function endpoint(given: Partial<EndpointStats> = {}): EndpointStats {
  return {
    service: 'catalog',
    method: 'GET',
    route: '/products',
    count: 50,
    errorCount: 0,
    avgMs: 12,
    p95Ms: 20,
    ...given,
  };
}

function query(given: Partial<QueryStats> = {}): QueryStats {
  return {
    service: 'catalog',
    query: 'SELECT 1 FROM products',
    count: 50,
    errorCount: 0,
    avgMs: 1,
    p95Ms: 2,
    ...given,
  };
}

async function observe(name: string, params: unknown, backend: Partial<Backend>): Promise<Observation> {
  const kind = kindNamed(name);
  return kind.observe(fakeBackend(backend), window, kind.params.parse(params));
}

function seen(given: Partial<Observation>): Observation {
  return { requests: 100, values: {}, traceIds: [], ...given };
}

function judge(name: string, params: unknown, now: Partial<Observation>, baseline?: Partial<Observation>) {
  const kind = kindNamed(name);
  const before = baseline && seen(baseline);
  const parsed = kind.params.parse(params);
  return {
    judged: kind.judge(parsed, seen(now), before).outcome,
    healed: kind.healed?.(parsed, seen(now), before).outcome,
  };
}

test('the name of each kind is the name of its file, and its text reads like the show', () => {
  const latency = kindNamed('latency');
  expect(Object.keys(expectationKinds)).toEqual([
    'latency',
    'error-rate',
    'traffic',
    'slow-query',
    'n-plus-one',
    'root-cause',
    'tendency',
    'dependency',
    'quiet',
  ]);
  expect(
    latency.text(latency.params.parse({ service: 'catalog', route: 'GET /products', p95: '>= 3x baseline' })),
  ).toBe('catalog GET /products p95 >= 3x baseline');
});

test.each(['GET products', 'products', 'get /products'])('a route like %j is refused with what to write', (route) => {
  const { error } = kindNamed('latency').params.safeParse({ service: 'catalog', route, p95: '>= 1s' });
  expect(error?.issues[0]?.message).toContain("'GET /products/:id'");
});

describe('latency', () => {
  const params = { service: 'catalog', p95: '>= 3x baseline' };

  test('of a service is that of its slowest endpoint, with the slow traces as evidence', async () => {
    const asked: unknown[] = [];
    const observed = await observe('latency', params, {
      endpoints: async () => [
        endpoint(),
        endpoint({ route: '/search', p95Ms: 90, count: 30 }),
        // Rare ones: what they took is no percentile.
        endpoint({ route: '/health', count: 2, p95Ms: 900 }),
        endpoint({ count: 0, p95Ms: 900 }),
      ],
      traces: async (_window, filter) => (asked.push(filter), [trace('a'), trace('b')]),
    });
    expect(observed).toEqual({ requests: 82, values: { requests: 82, p95Ms: 90 }, traceIds: ['a', 'b'] });
    expect(asked).toEqual([{ service: 'catalog', minDurationMs: 81, limit: 3 }]);
  });

  test('of endpoints that are all rare stands on the busiest of them', async () => {
    const rows = [endpoint({ count: 1, p95Ms: 900 }), endpoint({ route: '/search', count: 2 })];
    expect(await observe('latency', params, { endpoints: async () => rows })).toMatchObject({
      requests: 3,
      values: { p95Ms: 20 },
    });
  });

  test('of an endpoint without requests stands on 0 requests', async () => {
    expect(await observe('latency', params, {})).toEqual({ requests: 0, values: { requests: 0 }, traceIds: [] });
  });

  test('is observed on a backend that cannot search traces', async () => {
    const how = { ...fakeBackend().how, traces: 'unsupported' } as const;
    const observed = await observe('latency', params, {
      how,
      endpoints: async () => [endpoint()],
      traces: () => Promise.reject(new Error('cannot')),
    });
    expect(observed.values['p95Ms']).toBe(20);
  });

  test.each([
    [60, 20, { judged: 'met', healed: 'not-met' }],
    [90, 20, { judged: 'met', healed: 'not-met' }],
    [59, 20, { judged: 'not-met', healed: 'met' }],
    [900, 0, { judged: 'no-baseline', healed: 'not-met' }],
    [Number.NaN, 20, { judged: 'not-met', healed: 'not-met' }],
  ])('of %s ms after %s ms in the calm act', (now, before, outcome) => {
    expect(judge('latency', params, { values: { p95Ms: now } }, { values: { p95Ms: before } })).toEqual(outcome);
  });

  test('is not compared with a calm act of too few requests', () => {
    const baseline = { requests: 9, values: { p95Ms: 20 } };
    expect(judge('latency', params, { values: { p95Ms: 900 } }, baseline).judged).toBe('no-baseline');
  });
});

describe('error-rate', () => {
  const params = { service: 'checkout', route: 'POST /orders', rate: '>= 2%' };

  test('is in percent of the requests, with failed traces as evidence', async () => {
    const observed = await observe('error-rate', params, {
      endpoints: async () => [endpoint({ count: 50, errorCount: 3 })],
      traces: async (_window, { error }) => (error ? [trace('failed')] : []),
    });
    expect(observed).toEqual({
      requests: 50,
      values: { requests: 50, errors: 3, errorPercent: 6 },
      traceIds: ['failed'],
    });
  });

  test.each([
    [2, 0, { judged: 'met', healed: 'not-met' }],
    [1, 0, { judged: 'not-met', healed: 'met' }],
    [6, 5, { judged: 'met', healed: 'not-met' }],
  ])('of %s%% after %s%% in the calm act', (now, before, outcome) => {
    expect(
      judge('error-rate', params, { values: { errorPercent: now } }, { values: { errorPercent: before } }),
    ).toEqual(outcome);
  });

  test('as a multiple of a calm act without errors says nothing', () => {
    const relative = { ...params, rate: '>= 3x baseline' };
    expect(
      judge('error-rate', relative, { values: { errorPercent: 50 } }, { values: { errorPercent: 0 } }).judged,
    ).toBe('no-baseline');
  });
});

describe('traffic', () => {
  const params = { service: 'catalog', rate: '>= 0.8x baseline' };

  test('counts only the part of the window whose telemetry has arrived', async () => {
    const asked: Window[] = [];
    const observed = await observe('traffic', params, {
      endpoints: async (part) => (asked.push(part), [endpoint({ count: 200 })]),
    });
    expect(asked).toEqual([{ from: 100_000, to: 110_000 }]);
    expect(observed.values['perSecond']).toBe(20);
  });

  test.each([
    [16, 20, { judged: 'met', healed: 'met' }],
    [15, 20, { judged: 'not-met', healed: 'met' }],
    [11, 20, { judged: 'not-met', healed: 'not-met' }],
    [33, 20, { judged: 'met', healed: 'not-met' }],
  ])('of %s/s after %s/s in the calm act', (now, before, outcome) => {
    expect(judge('traffic', params, { values: { perSecond: now } }, { values: { perSecond: before } })).toEqual(
      outcome,
    );
  });
});

describe('slow-query', () => {
  const params = { service: 'catalog', query: 'lower(name) LIKE', p95: '>= 20ms' };

  test('is the slowest query with that text', async () => {
    const filters: unknown[] = [];
    const observed = await observe('slow-query', params, {
      queries: async (_window, filter) => (
        filters.push(filter),
        [query(), query({ query: 'slow', p95Ms: 100, count: 8 }), query({ query: 'rare', p95Ms: 900, count: 1 })]
      ),
    });
    expect(filters).toEqual([{ service: 'catalog', contains: 'lower(name) LIKE' }]);
    expect(observed).toMatchObject({ requests: 59, values: { executions: 59, p95Ms: 100, query: 'slow' } });
  });

  test('of a text that no query has stands on 0 executions', async () => {
    expect(await observe('slow-query', params, {})).toMatchObject({ requests: 0, values: { executions: 0 } });
  });

  test.each([
    [102, 0.2, { judged: 'met', healed: 'not-met' }],
    [20, 0.2, { judged: 'met', healed: 'not-met' }],
    [4, 0.2, { judged: 'not-met', healed: 'met' }],
  ])('of %s ms after %s ms in the calm act', (now, before, outcome) => {
    expect(judge('slow-query', params, { values: { p95Ms: now } }, { values: { p95Ms: before } })).toEqual(outcome);
  });
});

describe('dependency', () => {
  const params = { from: 'payment', to: 'bank', p95: '>= 600ms', errors: '< 5%' };
  const edge = {
    from: 'payment',
    to: 'bank',
    kind: 'external',
    count: 20,
    errorCount: 1,
    avgMs: 900,
    p95Ms: 1400,
  } as const;

  test.each([
    ['calls that fail can be no pause', { p95Ms: 1400, errorPercent: 30 }, false],
    ['calls that are slow can', { p95Ms: 1400, errorPercent: 1 }, true],
  ])('is not healed: %s', (_title, values, mayBePause) => {
    const kind = kindNamed('dependency');
    const both = kind.params.parse({ from: 'payment', to: 'bank', p95: '>= 600ms', errors: '>= 20%' });
    const of = (part: typeof values) => seen({ requests: 20, values: { calls: 20, ...part } });
    const judged = kind.healed?.(both, of(values), of({ p95Ms: 3, errorPercent: 0 }));
    expect(judged?.outcome).toBe('not-met');
    expect(judged?.mayBePause ?? false).toBe(mayBePause);
  });

  test('is the edge between the two', async () => {
    const observed = await observe('dependency', params, { dependencies: async () => [{ ...edge, to: 'shop' }, edge] });
    expect(observed).toMatchObject({ requests: 20, values: { calls: 20, p95Ms: 1400, errorPercent: 5 } });
  });

  test('that is not there is not met, and its caller is said to call others', async () => {
    const observed = await observe('dependency', params, { dependencies: async () => [{ ...edge, to: 'shop' }] });
    const kind = kindNamed('dependency');
    expect(observed.requests).toBe(20);
    expect(kind.judge(kind.params.parse(params), observed, undefined)).toEqual({
      outcome: 'not-met',
      reason: 'payment does not call bank; it calls shop',
    });
  });

  test.each([
    [
      { p95Ms: 1400, errorPercent: 0 },
      { judged: 'met', healed: 'not-met' },
    ],
    [
      { p95Ms: 1400, errorPercent: 5 },
      { judged: 'not-met', healed: 'not-met' },
    ],
    [
      { p95Ms: 60, errorPercent: 0 },
      { judged: 'not-met', healed: 'met' },
    ],
    [
      { p95Ms: 60, errorPercent: 5 },
      { judged: 'not-met', healed: 'not-met' },
    ],
  ])('with %j holds only if every bound holds', (values, outcome) => {
    const baseline = { values: { p95Ms: 20, errorPercent: 0 } };
    expect(judge('dependency', params, { values: { calls: 50, ...values } }, baseline)).toEqual(outcome);
  });

  test('without a bound is met by any call', () => {
    expect(judge('dependency', { from: 'payment', to: 'bank' }, { values: { calls: 1 } }).judged).toBe('met');
  });
});

const calls = (callsPerSecond: number) => ({ values: { calls: 100, callsPerSecond } });
const repeats = (count: number) => ({ values: { repeats: count } });

describe('what a bound describes', () => {
  const catalog = { service: 'catalog' };
  const bank = { from: 'payment', to: 'bank' };
  test.each([
    ['latency', { ...catalog, p95: '>= 3x baseline' }, 'appears'],
    ['latency', { ...catalog, p95: '>= 1s' }, 'appears'],
    ['latency', { ...catalog, p95: '<= 200ms' }, 'stays'],
    ['latency', { ...catalog, p95: '<= 1.5x baseline' }, 'stays'],
    ['error-rate', { ...catalog, rate: '< 1%' }, 'stays'],
    ['slow-query', { ...catalog, query: 'x', p95: '<= 20ms' }, 'stays'],
    ['n-plus-one', { ...catalog, route: 'GET /products', repeats: '<= 5' }, 'stays'],
    ['traffic', { ...catalog, rate: '>= 0.5x baseline' }, 'stays'],
    ['traffic', { ...catalog, rate: '>= 5/s' }, 'stays'],
    ['traffic', { ...catalog, rate: '>= 3x baseline' }, 'appears'],
    ['traffic', { ...catalog, rate: '< 0.5x baseline' }, 'appears'],
    ['traffic', { ...catalog, rate: '<= 1/s' }, 'appears'],
    ['dependency', bank, 'appears'],
    ['dependency', { ...bank, errors: '<= 1%', p95: '<= 1s' }, 'stays'],
    ['dependency', { ...bank, errors: '<= 1%', p95: '>= 1s' }, 'appears'],
  ] as const)('%s %j %s, and only what appears heals', (name, params, timing) => {
    const kind = kindNamed(name);
    const parsed = kind.params.parse(params);
    expect(kind.timing(parsed)).toBe(timing);
    expect(heals(kind, parsed)).toBe(timing === 'appears');
  });

  test('calls that fell are healed when they are back', () => {
    const params = { ...bank, calls: '<= 0.5x baseline' };
    expect(judge('dependency', params, calls(4), calls(10))).toEqual({ judged: 'met', healed: 'not-met' });
    expect(judge('dependency', params, calls(9), calls(10))).toEqual({ judged: 'not-met', healed: 'met' });
  });

  test('a request that repeats its query no more often than allowed keeps its bound', () => {
    const params = { ...catalog, route: 'GET /products', repeats: '<= 5' };
    expect(judge('n-plus-one', params, repeats(1), repeats(1)).judged).toBe('met');
    expect(judge('n-plus-one', params, repeats(6), repeats(1)).judged).toBe('not-met');
  });
});
