import { describe, expect, test } from 'vitest';
import type { Span, Trace } from '../../../../orchestrator/backends/backend.ts';
import { longestRun, nPlusOne } from '../../../../orchestrator/expectations/kinds/n-plus-one.ts';
import { fakeBackend } from '../../../support/fake-stage.ts';
import { querySpan, serverSpan, span, trace } from '../../../support/spans.ts';

const endpoint = { service: 'catalog', route: 'GET /products' };
const params = nPlusOne.params.parse({ ...endpoint, repeats: '>= 20' });
const price = 'SELECT amount FROM prices WHERE product_id = $1';

/** Spans that follow each other, each 2 ms long. */
function staircase(parent: Span, query: string, steps: number): Span[] {
  return Array.from({ length: steps }, (_, step) => querySpan(parent, query, { startMs: step * 2.5, durationMs: 2 }));
}

function listing(id: string, steps: number): Trace {
  const server = serverSpan('catalog', 'GET /products');
  return trace(id, server, querySpan(server, 'SELECT id FROM products'), ...staircase(server, price, steps));
}

describe('the longest run of one query in a trace', () => {
  const server = serverSpan('catalog', 'GET /products');

  test('counts siblings with the same text', () => {
    const found = longestRun(
      trace('t', server, ...staircase(server, price, 40), ...staircase(server, 'other', 39)),
      endpoint,
    );
    expect(found).toEqual({ traceId: 't', length: 40, query: price });
  });

  test('does not count queries that run side by side', () => {
    const parallel = Array.from({ length: 40 }, () => querySpan(server, price, { startMs: 5, durationMs: 10 }));
    expect(longestRun(trace('t', server, ...parallel), endpoint)?.length).toBe(1);
  });

  test('counts below a span of the service’s own code, and not across two parents', () => {
    const handlers = [span({ parentSpanId: server.spanId }), span({ parentSpanId: server.spanId })];
    const steps = handlers.flatMap((handler) => staircase(handler, price, 15));
    expect(longestRun(trace('t', server, ...handlers, ...steps), endpoint)?.length).toBe(15);
  });

  test('does not count what another service or another endpoint asks', () => {
    const other = serverSpan('cart', 'GET /carts/:id', { parentSpanId: server.spanId });
    expect(longestRun(trace('t', server, other, ...staircase(other, price, 40)), endpoint)?.length).toBe(0);
  });

  test('is not known without the endpoint’s own span', () => {
    expect(longestRun(trace('t', ...staircase(server, price, 40)), endpoint)).toBeUndefined();
  });
});

test('the median over traces counts, so that one odd request does not', async () => {
  const traces = [listing('a', 40), listing('b', 40), listing('c', 1), listing('d', 38), listing('e', 0)];
  const backend = fakeBackend({
    endpoints: async () => [
      { service: 'catalog', method: 'GET', route: '/products', count: 70, errorCount: 0, avgMs: 1, p95Ms: 1 },
    ],
    traces: async () => traces,
  });
  const seen = await nPlusOne.observe(backend, { from: 0, to: 1 }, params);
  expect(seen.requests).toBe(70);
  expect(seen.values).toEqual({ requests: 70, traces: 5, repeats: 38, query: price });
  expect(seen.traceIds).toContain('a');
});

test('few whole traces are few requests', async () => {
  const backend = fakeBackend({
    endpoints: async () => [
      { service: 'catalog', method: 'GET', route: '/products', count: 70, errorCount: 0, avgMs: 1, p95Ms: 1 },
    ],
    traces: async () => [listing('a', 40), listing('b', 40)],
  });
  expect((await nPlusOne.observe(backend, { from: 0, to: 1 }, params)).requests).toBe(2);
});

const seen = (repeats: number | undefined, requests = 50) => ({
  requests,
  values: repeats === undefined ? {} : { repeats },
  traceIds: [],
});

test.each([
  [40, 1, 'met', 'not-met'],
  [19, 1, 'not-met', 'not-met'],
  [40, 30, 'not-met', 'met'],
  [2, 1, 'not-met', 'met'],
  [undefined, 1, 'not-met', 'not-met'],
] as const)('%s repeats after %s in the calm act: judged %s, healed %s', (now, before, judged, healed) => {
  expect(nPlusOne.judge(params, seen(now), seen(before)).outcome).toBe(judged);
  expect(nPlusOne.healed?.(params, seen(now), seen(before)).outcome).toBe(healed);
});

test('without a calm act the bound alone decides', () => {
  expect(nPlusOne.judge(params, seen(40), undefined).outcome).toBe('met');
  expect(nPlusOne.healed?.(params, seen(40), undefined).outcome).toBe('not-met');
  expect(nPlusOne.healed?.(params, seen(1), undefined).outcome).toBe('met');
});
