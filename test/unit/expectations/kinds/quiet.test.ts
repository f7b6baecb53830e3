import { describe, expect, test } from 'vitest';
import { quiet } from '../../../../orchestrator/expectations/kinds/quiet.ts';
import type { Group } from '../../../../orchestrator/expectations/quiet-rules.ts';
import { fakeBackend } from '../../../support/fake-stage.ts';

function group(given: Partial<Group> = {}): Group {
  return {
    kind: 'endpoint',
    service: 'payment',
    name: 'POST /payments',
    count: 100,
    errorCount: 0,
    avgMs: 20,
    p95Ms: 40,
    ...given,
  };
}

function seen(groups: Group[]) {
  return { requests: 100, values: {}, traceIds: [], groups };
}

/** Of the services listed, or else of all that a test speaks of. */
function judge(now: Group[], calm: Group[] | undefined, services?: string[]) {
  const all = [...new Set([...now, ...(calm ?? [])].map(({ service }) => service))];
  return quiet.judge(services ? { services } : { services: 'all', all }, seen(now), calm && seen(calm));
}

describe('in the calm act itself', () => {
  test('a shop without errors is quiet', () => {
    expect(judge([group(), group({ service: 'cart' })], undefined).outcome).toBe('met');
  });

  test('a service that fails more than 1 % of its requests is not', () => {
    expect(judge([group({ errorCount: 2 })], undefined)).toEqual({
      outcome: 'not-met',
      reason: 'payment fails 2 of 100 requests',
    });
    expect(judge([group({ count: 1000, errorCount: 9 })], undefined).outcome).toBe('met');
  });

  test('a service without traffic is unknown, even where no requests are asked for', () => {
    expect(judge([group()], undefined, ['payment', 'inventory'])).toEqual({
      outcome: 'no-baseline',
      reason: 'nothing is known of inventory',
    });
  });
});

describe('compared with the calm act', () => {
  test.each([
    ['the same', {}, 'met'],
    ['slower, but by less', { count: 400, p95Ms: 139, avgMs: 94 }, 'met'],
    ['slower by more than 100 ms and twice', { p95Ms: 141, avgMs: 121 }, 'not-met'],
    ['a few slow requests of a hundred', { p95Ms: 400, avgMs: 38 }, 'met'],
    ['many slow requests of a hundred', { p95Ms: 400, avgMs: 96 }, 'not-met'],
    ['a slow tail of many requests', { count: 400, p95Ms: 400, avgMs: 38 }, 'not-met'],
    ['two errors', { errorCount: 2 }, 'met'],
    ['three errors', { errorCount: 3 }, 'not-met'],
    ['three errors of a thousand', { count: 1000, errorCount: 3 }, 'met'],
    ['too few for a p95, with one long wait', { count: 12, p95Ms: 1500, avgMs: 140 }, 'met'],
    ['too few for a p95, all slow', { count: 12, p95Ms: 300, avgMs: 200 }, 'not-met'],
    ['too few for anything', { count: 9, p95Ms: 3000, avgMs: 2000 }, 'met'],
  ] as const)('%s', (_what, given, outcome) => {
    const calm = group({ count: 400 });
    expect(judge([group(given)], [calm]).outcome).toBe(outcome);
  });

  test('a query is held to the same limits as an endpoint', () => {
    const query = { kind: 'query', name: 'SELECT 1' } as const;
    expect(judge([group({ ...query, p95Ms: 141, avgMs: 121 })], [group(query)])).toEqual({
      outcome: 'not-met',
      reason: "payment SELECT 1: mean 121 ms (6.1x the calm act's 20 ms)",
    });
  });

  test('a service of the calm act that is silent now is unknown', () => {
    expect(judge([group()], [group(), group({ service: 'cart' })]).outcome).toBe('no-baseline');
  });

  test.each([
    ['an empty calm act', []],
    ['a calm act without one of the services', [group()]],
    ['a calm act with too few requests to one of them', [group(), group({ service: 'cart', count: 9 })]],
  ])('%s is nothing to compare with', (_what, calm) => {
    const judged = judge([group(), group({ service: 'cart', errorCount: 50 })], calm, ['payment', 'cart']);
    expect(judged.outcome).toBe('no-baseline');
    expect(judged.reason).toMatch(/^too few requests to .*cart in the calm act$/);
  });

  test('an endpoint that the calm act did not have is judged on its errors', () => {
    const added = group({ name: 'POST /refunds', p95Ms: 900, avgMs: 900 });
    expect(judge([group(), added], [group()]).outcome).toBe('met');
    expect(judge([group(), { ...added, errorCount: 5 }], [group()]).outcome).toBe('not-met');
  });
});

test('an observation stands on the requests of the least busy service; a worker without routes on its queries', async () => {
  const query = { query: 'SELECT 1', count: 30, errorCount: 0, avgMs: 1, p95Ms: 2 };
  const backend = fakeBackend({
    endpoints: async () => [
      { service: 'cart', method: 'GET', route: '/', count: 70, errorCount: 1, avgMs: 1, p95Ms: 2 },
    ],
    queries: async () => [
      { ...query, service: 'cart' },
      { ...query, service: 'fulfilment' },
    ],
  });
  const observe = (services: string[]) => quiet.observe(backend, { from: 0, to: 1 }, { services });
  const both = ['cart', 'fulfilment'];
  expect(await observe(both)).toMatchObject({ requests: 30, values: { requests: 100, errors: 1, services: 2 } });
  expect(await observe([...both, 'payment'])).toMatchObject({ requests: 0, values: { requests: 100, services: 2 } });
  expect(await observe(['fulfilment'])).toMatchObject({ requests: 30, values: { requests: 30, services: 1 } });
});

test('`all` means the services that the shop says, and none that nobody named', async () => {
  const query = { service: 'fulfilment', query: 'SELECT 1', count: 30, errorCount: 0, avgMs: 1, p95Ms: 2 };
  const backend = fakeBackend({ queries: async () => [query] });
  const params = quiet.forServices?.({ services: 'all' }, ['fulfilment', 'payment']) ?? { services: 'all' };
  expect(quiet.text(params)).toBe('all services quiet');
  expect(quiet.targets(params)).toEqual([{ service: 'fulfilment' }, { service: 'payment' }]);
  expect((await quiet.observe(backend, { from: 0, to: 1 }, params)).requests).toBe(0);
  expect((await quiet.observe(backend, { from: 0, to: 1 }, { services: 'all' })).requests).toBe(0);
});

/** Deterministic uniform numbers: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}

/** `perSecond` requests over a window of `seconds`, slowed by `slower`; whoever meets one of the pauses waits until it ends. */
function measured(
  random: () => number,
  load: { perSecond: number; seconds: number },
  slower = (ms: number) => ms,
): Group {
  const pauses = Array.from({ length: Math.round(load.seconds / 10) }, () => ({
    start: random() * load.seconds,
    length: 0.4 * random(),
  }));
  const times = Array.from({ length: load.perSecond * load.seconds }, () => {
    const at = random() * load.seconds;
    const waits = pauses.map(({ start, length }) => (at >= start && at < start + length ? start + length - at : 0));
    return slower(8 * Math.exp(1.2 * (random() + random() + random() - 1.5))) + 1000 * Math.max(0, ...waits);
  }).toSorted((a, b) => a - b);
  const avgMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return group({ count: times.length, avgMs, p95Ms: times[Math.floor(times.length * 0.95)] ?? 0 });
}

describe('a busy laptop', () => {
  const loads = [0.5, 2, 5, 20].flatMap((perSecond) => [10, 20, 40].map((seconds) => ({ perSecond, seconds })));

  test('with pauses gives no false alarm in 100 rounds of any load', () => {
    const random = randomOf(7);
    const alarms = loads.flatMap((load) =>
      Array.from({ length: 100 }, () => judge([measured(random, load)], [measured(random, { ...load, seconds: 40 })]))
        .filter(({ outcome }) => outcome !== 'met')
        .map(({ reason }) => `${load.perSecond}/s for ${load.seconds} s: ${reason}`),
    );
    expect(alarms).toEqual([]);
  });

  test('hides no service that got twice as slow and 100 ms on top', () => {
    const random = randomOf(11);
    const missed = loads
      .filter(({ perSecond, seconds }) => perSecond * seconds >= 20)
      .flatMap((load) =>
        Array.from({ length: 100 }, () =>
          judge([measured(random, load, (ms) => 2 * ms + 100)], [measured(random, { ...load, seconds: 40 })]),
        ).filter(({ outcome }) => outcome === 'met'),
      );
    expect(missed).toEqual([]);
  });
});
