import { expect, test } from 'vitest';
import type { Trace } from '../../../../orchestrator/backends/backend.ts';
import { tendencyOf } from '../../../../orchestrator/backends/computed/index.ts';
import { serverSpan, trace } from '../../../support/spans.ts';

const window = { from: 0, to: 1000 };
const filter = { service: 'checkout', bad: { error: true } } as const;

/** So many orders of a country, of which so many fail. */
function orders(country: string, count: number, failed: number): readonly Trace[] {
  return Array.from({ length: count }, (_, at) => {
    const status = at < failed ? 500 : 201;
    const attributes = { 'shop.customer.country': country, 'http.response.status_code': status };
    return trace(`${country}-${at}`, serverSpan('checkout', 'POST /orders', { startMs: at, attributes }));
  });
}

test('of samples of bad and good requests, shares are theirs and counts and lift those of all requests', () => {
  // 20 of 20 bad ones, 10 of 1000 good ones.
  const sampled = [...orders('DE', 20, 20), ...orders('JP', 8, 0), ...orders('DE', 2, 0)];
  expect(tendencyOf(sampled, window, filter, { bad: 20, good: 1000 })).toMatchObject([
    {
      attribute: 'shop.customer.country',
      value: 'DE',
      badCount: 20,
      badShare: 1,
      goodCount: 200,
      goodShare: 0.2,
      lift: expect.closeTo(1020 / 220, 9) as unknown,
    },
  ]);
});

test('weights that are the samples’ own numbers change nothing', () => {
  const all = [...orders('DE', 10, 5), ...orders('JP', 30, 1)];
  expect(tendencyOf(all, window, filter, { bad: 6, good: 34 })).toEqual(tendencyOf(all, window, filter));
});

test('nothing is said of requests of which there is no sample', () => {
  expect(() => tendencyOf(orders('DE', 5, 0), window, filter, { bad: 3, good: 100 })).toThrow('no sample of both');
  expect(() => tendencyOf(orders('DE', 5, 5), window, filter, { bad: 5, good: 100 })).toThrow('no sample of both');
  expect(tendencyOf(orders('DE', 5, 0), window, filter, { bad: 0, good: 100 })).toEqual([]);
});
