import { describe, expect, test } from 'vitest';
import type { Trace } from '../../../../orchestrator/backends/backend.ts';
import { culpritOf, rootCause } from '../../../../orchestrator/expectations/kinds/root-cause.ts';
import { fakeBackend } from '../../../support/fake-stage.ts';
import { exception, serverSpan, span, trace } from '../../../support/spans.ts';

/** storefront → checkout, where `service` is the one whose own code failed. */
function failing(id: string, type: string): Trace {
  const entry = serverSpan('storefront', 'POST /api/orders', { status: 'error' });
  const call = span({ service: 'storefront', kind: 'client', parentSpanId: entry.spanId, status: 'error' });
  const order = serverSpan('checkout', 'POST /orders', {
    parentSpanId: call.spanId,
    status: 'error',
    events: [exception(type)],
  });
  const cart = serverSpan('cart', 'GET /carts/:id', { parentSpanId: order.spanId });
  return trace(id, entry, call, order, cart);
}

describe('the culprit of a trace', () => {
  test('is the deepest failing span, with its exception', () => {
    expect(culpritOf(failing('a', 'TypeError'))).toEqual({ traceId: 'a', service: 'checkout', exception: 'TypeError' });
  });

  test('is the earliest of several', () => {
    const root = serverSpan('storefront', 'GET /', { status: 'error' });
    const late = serverSpan('cart', 'GET /carts/:id', { parentSpanId: root.spanId, status: 'error', startMs: 9 });
    const early = serverSpan('catalog', 'GET /products', { parentSpanId: root.spanId, status: 'error', startMs: 3 });
    expect(culpritOf(trace('t', root, late, early))?.service).toBe('catalog');
  });

  test('may be a call to somebody without telemetry', () => {
    const root = serverSpan('payment', 'POST /payments', { attributes: { 'http.response.status_code': 502 } });
    const call = span({
      service: 'payment',
      kind: 'client',
      parentSpanId: root.spanId,
      status: 'error',
      attributes: { 'error.type': 'ECONNREFUSED' },
    });
    expect(culpritOf(trace('t', root, call))).toEqual({ traceId: 't', service: 'payment', exception: 'ECONNREFUSED' });
  });

  test('is nobody in a trace without failure', () => {
    expect(culpritOf(trace('t', serverSpan('catalog', 'GET /products')))).toBeUndefined();
  });
});

async function judged(traces: Trace[], given: object = {}, errorCount = 0) {
  const params = rootCause.params.parse({ service: 'checkout', exception: 'TypeError', ...given });
  const filters: unknown[] = [];
  const backend = fakeBackend({
    traces: async (_window, filter) => (filters.push(filter), traces),
    endpoints: async () => [
      { service: 'checkout', method: 'POST', route: '/orders', count: 100, errorCount, avgMs: 1, p95Ms: 2 },
    ],
  });
  const calm = { requests: 100, values: { errorPercent: 3 }, traceIds: [], culprits: [] };
  const seen = await rootCause.observe(backend, { from: 0, to: 1 }, params);
  return {
    filters,
    judged: rootCause.judge(params, seen, undefined),
    healed: rootCause.healed?.(params, seen, calm),
  };
}

test('four of five failing traces are enough, three of four are not', async () => {
  const ok = ['a', 'b', 'c', 'd'].map((id) => failing(id, 'TypeError'));
  expect((await judged([...ok, failing('e', 'Timeout')])).judged).toEqual({
    outcome: 'met',
    reason: '80% of 5 failing traces end at TypeError in checkout',
  });
  expect((await judged([...ok.slice(1), failing('e', 'Timeout')])).judged.outcome).toBe('not-met');
});

test('two failing traces are too few', async () => {
  const { judged: two } = await judged([failing('a', 'TypeError'), failing('b', 'TypeError')]);
  expect(two).toEqual({ outcome: 'not-met', reason: '2 failing traces, 3 are needed' });
});

test('all failing traces of the shop are asked for, or those of one entry', async () => {
  const entry = { service: 'storefront', route: 'POST /api/orders' };
  expect((await judged([])).filters).toEqual([{ error: true, limit: 50 }]);
  expect((await judged([], { entry })).filters).toEqual([{ ...entry, error: true, limit: 50 }]);
});

test('healed means not one such failure; others do not count', async () => {
  expect((await judged([failing('a', 'Timeout')])).healed?.outcome).toBe('met');
  expect((await judged([failing('a', 'TypeError')])).healed?.outcome).toBe('not-met');
});

test('healed means that the requests fail no more than in the calm act, too', async () => {
  expect((await judged([], {}, 4)).healed?.outcome).toBe('met');
  expect((await judged([], {}, 5)).healed).toEqual({
    outcome: 'not-met',
    reason: "0 failures at TypeError in checkout in 100 requests, error rate still 5% (1.7x the calm act's 3%)",
  });
});
