import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoadProgress } from '../../../../orchestrator/load/engine.ts';
import { Seconds } from '../../../../orchestrator/load/k6/seconds.ts';

const from = 1_000_000;
let told: LoadProgress[];
let seconds: Seconds;
beforeEach(() => {
  vi.useFakeTimers({ now: from });
  told = [];
  seconds = new Seconds(from, (progress) => told.push(progress));
});
afterEach(() => {
  seconds.end(Date.now());
  vi.useRealTimers();
});

const iterationAt = (moment: number): void => void (seconds.at(from + moment).iterations += 1);
const iterations = (): number[] => told.map((second) => second.iterations);

test('a second is told when it is over and something younger has come', () => {
  iterationAt(100);
  iterationAt(999);
  vi.advanceTimersByTime(1100);
  iterationAt(1050);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(iterations()).toEqual([2]);
  expect(told[0]).toMatchObject({ at: from + 1000, requests: 0, p50Ms: 0, p95Ms: 0 });
});

test('a second in which nothing happens is told as such, and not later than its successor', () => {
  iterationAt(10);
  vi.advanceTimersByTime(3400);
  expect(iterations()).toEqual([1, 0]);
});

test('what comes too late counts in the next second, and nothing is lost at the end', () => {
  vi.advanceTimersByTime(2400);
  iterationAt(500);
  iterationAt(2300);
  seconds.end(Date.now());
  expect(iterations()).toEqual([0, 1, 1]);
  expect(told.map(({ at }) => at - from)).toEqual([1000, 2000, 2400]);
});

test('percentiles are those of the second', () => {
  for (let ms = 1; ms <= 100; ms += 1) {
    seconds.at(from + ms).requests += 1;
    seconds.at(from + ms).latency(ms);
  }
  seconds.end(from + 500);
  expect(told[0]?.p50Ms).toBeCloseTo(50, 0);
  expect(told[0]?.p95Ms).toBeCloseTo(95, 0);
});
