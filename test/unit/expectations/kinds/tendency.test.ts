import { expect, test } from 'vitest';
import type { Tendency, TendencyFilter } from '../../../../orchestrator/backends/backend.ts';
import { tendency } from '../../../../orchestrator/expectations/kinds/tendency.ts';
import { fakeBackend } from '../../../support/fake-stage.ts';

const country = 'shop.customer.country';

function row(value: string, lift: number, badCount = 6, attribute = country): Tendency {
  return { attribute, value, lift, badCount, badShare: 1, goodCount: 0, goodShare: 0, traceIds: ['t'] };
}

async function judged(rows: Tendency[], given: object = {}) {
  const params = tendency.params.parse({
    service: 'checkout',
    attribute: country,
    value: 'CH',
    lift: '>= 3',
    ...given,
  });
  const asked: TendencyFilter[] = [];
  const backend = fakeBackend({
    endpoints: async () => [
      { service: 'checkout', method: 'POST', route: '/orders', count: 90, errorCount: 6, avgMs: 30, p95Ms: 800 },
    ],
    tendency: async (_window, filter) => (asked.push(filter), rows),
  });
  const seen = await tendency.observe(backend, { from: 0, to: 1 }, params);
  return {
    asked,
    seen,
    judged: tendency.judge(params, seen, undefined),
    healed: tendency.healed?.(params, seen, undefined),
  };
}

test('the value with the highest lift of its attribute is met, whatever other attributes say', async () => {
  const { judged: outcome, seen } = await judged([
    row('500', 15, 6, 'http.response.status_code'),
    row('CH', 12),
    row('DE', 0.4),
  ]);
  expect(outcome).toEqual({ outcome: 'met', reason: `lift of ${country}=CH 12` });
  expect(seen.traceIds).toEqual(['t']);
});

test.each([
  ['another value stands out more', [row('FR', 13), row('CH', 12)], 'FR stands out more than CH'],
  ['the lift is too low', [row('CH', 2)], `lift of ${country}=CH 2, wanted >= 3`],
  ['two bad requests are no tendency', [row('CH', 12, 2)], `2 of the errors have ${country}=CH, 3 are needed`],
  ['nothing is bad', [], `0 of the errors have ${country}=CH, 3 are needed`],
])('not met where %s', async (_why, rows, reason) => {
  expect((await judged(rows)).judged).toEqual({ outcome: 'not-met', reason });
});

test('slow requests are those that take longer than half of the p95', async () => {
  expect((await judged([])).asked).toEqual([{ service: 'checkout', bad: { error: true } }]);
  expect((await judged([], { of: 'slow' })).asked).toEqual([{ service: 'checkout', bad: { slowerThanMs: 400 } }]);
});

test('errors heal when none is left, slowness when it no longer tends to the value', async () => {
  expect((await judged([row('CH', 12, 1)])).healed?.outcome).toBe('not-met');
  expect((await judged([row('DE', 1)])).healed?.outcome).toBe('met');
  expect((await judged([row('CH', 1.1, 1)], { of: 'slow' })).healed?.outcome).toBe('met');
  expect((await judged([row('CH', 4)], { of: 'slow' })).healed?.outcome).toBe('not-met');
});
