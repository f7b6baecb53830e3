import { expect, test } from 'vitest';
import { secondsOf } from '../../../load-profiles/lib/durations.ts';
import { randomOf } from '../../../load-profiles/lib/random.ts';
import { traceparent } from '../../../load-profiles/lib/trace-context.ts';

test('a traceparent is a sampled one of version 00', () => {
  expect(traceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(traceparent()).not.toBe(traceparent());
});

test('an id of zeros, which W3C forbids, is drawn again', () => {
  let draws = 0;
  expect(traceparent(() => (draws++ < 16 ? 0 : 0.5))).toBe(`00-${'80'.repeat(16)}-${'80'.repeat(8)}-01`);
});

const first = (seed: number, visit: number): number => randomOf(seed, visit).next();

test('a visit is the same for the same seed, and other for another visit or seed', () => {
  expect(first(1, 5)).toBe(first(1, 5));
  expect(new Set([first(1, 5), first(1, 6), first(2, 5)]).size).toBe(3);
});

test('weights are shares, also over the first draws of many visits', () => {
  const counts = { browse: 0, buy: 0 };
  for (let visit = 0; visit < 10_000; visit += 1) counts[randomOf(42, visit).weighted({ browse: 75, buy: 25 })] += 1;
  expect(Math.abs(counts.buy - 2500)).toBeLessThan(150);
});

test('a duration is what k6 takes for one', () => {
  expect(['90s', '1m30s', '2h', '1500ms', '1d', '1.5s', '1500'].map(secondsOf)).toEqual([
    90, 90, 7_200, 1.5, 86_400, 1.5, 1.5,
  ]);
  for (const text of ['', 's', '90 s', '1x', '-1s']) expect(() => secondsOf(text)).toThrow('is no duration');
});
