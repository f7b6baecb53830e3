import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { tempo } from '../../../orchestrator/backends/tempo/adapter.ts';
import { tempoBackend } from '../../../orchestrator/backends/tempo/backend.ts';
import { tempoProgram } from '../../../orchestrator/backends/tempo/program.ts';
import { settings } from '../../../orchestrator/backends/tempo/settings.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { knownShop, listingQuery, orderQuery, reviewQuery } from '../../support/known-shop.ts';
import { post, tracesRequest } from '../../support/otlp-data.ts';
import { binaryOf, type RunningProgram, startProgram } from '../../support/program.ts';

const binary = binaryOf('tempo');

const coarse = 'TraceQL interpolates its p95 between powers of two; the other numbers are checked below';

describe.skipIf(binary === undefined)('Tempo', () => {
  // Half an hour back is as far as Tempo 2 asks its generator, which is where metrics of young blocks are.
  const shop = knownShop(Math.floor((Date.now() - 20 * 60_000) / 1000) * 1000);
  let program: RunningProgram;
  let backend: Backend;

  beforeAll(async () => {
    program = await startProgram(tempoProgram, binary ?? '');
    const found = settings.parse(tempo.settingsOf?.({ tempo: program }));
    const spans = shop.spans.toReversed();
    for (let at = 0; at < spans.length; at += 100) {
      const response = await post(found.otlp ?? '', '/v1/traces', tracesRequest(spans.slice(at, at + 100)));
      if (response.status !== 200) throw new Error(`Tempo answered ${response.status}: ${await response.text()}`);
    }
    backend = tempoBackend('tempo', found);
    await new Promise((resolve) => void setTimeout(resolve, found.delayMs));
  });

  afterAll(() => program.stop());

  backendContract('tempo', async () => ({ backend, shop }), {
    'endpoints: counts, averages and exact p95 of one route, from the window’s start on and not at its end': coarse,
    'queries: statistics of each query text': coarse,
    'dependencies: how long a call took as the caller saw it, and a message as its receiver did': coarse,
  });

  describe('exactly, and p95 to a factor of two', () => {
    test('one route, from the window’s start on and not at its end', async () => {
      expect(await backend.endpoints(shop.window, { service: 'catalog', route: 'GET /products' })).toEqual([
        {
          service: 'catalog',
          method: 'GET',
          route: '/products',
          count: 100,
          errorCount: 0,
          avgMs: near(50.5),
          p95Ms: about(95.05),
        },
      ]);
    });

    test('each query text', async () => {
      expect(await backend.queries(shop.window, {})).toEqual([
        { service: 'catalog', query: listingQuery, count: 100, errorCount: 0, avgMs: near(0.5), p95Ms: about(0.5) },
        { service: 'catalog', query: reviewQuery, count: 40, errorCount: 0, avgMs: near(2), p95Ms: about(2) },
        { service: 'checkout', query: orderQuery, count: 1, errorCount: 1, avgMs: near(3), p95Ms: about(3) },
      ]);
    });

    test('calls as the caller saw them, and messages as their receiver did', async () => {
      const edges = await backend.dependencies(shop.window);
      expect(edges.find(({ to }) => to === 'fulfilment')).toMatchObject({ avgMs: near(20), p95Ms: about(20) });
      expect(edges.find(({ from, to }) => from === 'storefront' && to === 'catalog')).toMatchObject({
        avgMs: near(55.5),
        p95Ms: about(100.05),
      });
    });

    test('a release that is slower', async () => {
      const byVersion = { service: 'catalog', route: 'GET /products', byVersion: true };
      const [old, release] = await backend.endpoints(shop.window, byVersion);
      expect([old?.p95Ms, release?.p95Ms]).toEqual([about(57.05), about(98.05)]);
    });
  });

  test('a window to the millisecond', async () => {
    const { from } = shop.window;
    expect(await counts(backend, from, from + 2)).toEqual([1]);
    expect(await counts(backend, from + 1, from + 1000)).toEqual([]);
    expect(await counts(backend, from + 1, from + 1002)).toEqual([1]);
  });

  test('nothing where it is asked for what it does not store', async () => {
    await expect(backend.logs(shop.window, { limit: 1 })).rejects.toThrow('traces only');
    await expect(backend.metrics(shop.window, { name: 'x' })).rejects.toThrow('traces only');
  });
});

async function counts(backend: Backend, from: number, to: number): Promise<readonly number[]> {
  return (await backend.endpoints({ from, to }, { service: 'catalog' })).map(({ count }) => count);
}

function near(value: number): unknown {
  return expect.closeTo(value, 6);
}

/** The bucket of a duration is from one power of two to the next. */
function about(value: number): unknown {
  return expect.toSatisfy((p95Ms: number) => p95Ms > value / 2 && p95Ms < value * 2, `about ${value}`);
}
