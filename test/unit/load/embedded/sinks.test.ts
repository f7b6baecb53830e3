import { expect, test } from 'vitest';
import { CounterSink, GaugeSink, RateSink } from '../../../../orchestrator/load/embedded/metrics/sinks.ts';
import { exactValues, TrendSink } from '../../../../orchestrator/load/embedded/metrics/trend-sink.ts';

test('a counter has a sum and a rate a second', () => {
  const sink = new CounterSink();
  for (const value of [1, 2, 3.5]) sink.add(value);
  expect(sink.values(2000)).toEqual({ count: 6.5, rate: 3.25 });
  expect(new CounterSink().values(0)).toEqual({ count: 0, rate: 0 });
});

test('a gauge has the last value, the smallest and the largest', () => {
  const sink = new GaugeSink();
  for (const value of [-3, 8, 2]) sink.add(value);
  expect(sink.values()).toEqual({ value: 2, min: -3, max: 8 });
});

test('a rate is the part of the values that are not 0', () => {
  const sink = new RateSink();
  expect([sink.isEmpty, sink.read('rate')]).toEqual([true, undefined]);
  for (const value of [1, 0, 7, 0]) sink.add(value);
  expect(sink.values()).toEqual({ rate: 0.5, passes: 2, fails: 2 });
});

test('percentiles are those of k6 2.2 for the same values', () => {
  const sink = new TrendSink();
  for (const value of [7, 1.5, 12, 3, 100, 42, 0.25, 9]) sink.add(value);
  expect(sink.values(0, ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99.9)', 'count'])).toEqual({
    avg: 21.84375,
    min: 0.25,
    med: 8,
    max: 100,
    'p(90)': expect.closeTo(59.4, 9) as unknown,
    'p(95)': expect.closeTo(79.7, 9) as unknown,
    'p(99.9)': expect.closeTo(99.594, 9) as unknown,
    count: 8,
  });
});

test('values that come after a percentile was read are taken into the next', () => {
  const sink = new TrendSink();
  for (const value of [5, 1, 3]) sink.add(value);
  expect(sink.read('med')).toBe(3);
  for (const value of [2, 9, 0, 4]) sink.add(value);
  expect(sink.read('med')).toBe(3);
  expect(sink.read('p(100)')).toBe(9);
  expect(sink.read('p(0)')).toBe(0);
});

test('a trend without values is 0 all over', () => {
  expect(new TrendSink().values(0, ['avg', 'med', 'p(95)'])).toEqual({ avg: 0, med: 0, 'p(95)': 0 });
});

test('beyond what is kept, a value that comes again and again is itself', () => {
  const sink = new TrendSink();
  for (let index = 0; index < exactValues + 2; index += 1) sink.add(index % 50 === 0 ? 0.1 : 120.3);
  sink.add(900);
  expect(sink.values(0, ['med', 'p(1)', 'p(95)'])).toEqual({ med: 120.3, 'p(1)': 0.1, 'p(95)': 120.3 });
});

test('beyond what is kept, percentiles are right within a thousandth, and the rest is exact', () => {
  const sink = new TrendSink();
  const count = exactValues + 50_000;
  for (let index = 1; index <= count; index += 1) sink.add((index * 7919) % (count + 1));
  const { med, min, max, avg, ...percentiles } = sink.values(0, ['avg', 'min', 'med', 'max', 'p(95)', 'p(99)']);
  expect({ min, max, avg }).toEqual({ min: 1, max: count, avg: (count + 1) / 2 });
  expect(Math.abs((med ?? 0) / (count / 2) - 1)).toBeLessThan(0.001);
  expect(Math.abs((percentiles['p(95)'] ?? 0) / (count * 0.95) - 1)).toBeLessThan(0.001);
  expect(Math.abs((percentiles['p(99)'] ?? 0) / (count * 0.99) - 1)).toBeLessThan(0.001);
});

test('beyond what is kept, zeros and negative values keep their order', () => {
  const sink = new TrendSink();
  for (let index = 0; index < exactValues + 3; index += 1) sink.add([-4, 0, 5e-324][index % 3] ?? 0);
  expect(sink.read('p(10)')).toBeCloseTo(-4, 2);
  expect(sink.read('med')).toBe(0);
  expect(sink.read('p(99)')).toBeLessThan(1e-300);
});
