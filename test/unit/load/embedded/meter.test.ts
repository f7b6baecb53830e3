import { expect, test } from 'vitest';
import { LoadMeter } from '../../../../orchestrator/load/embedded/metrics/meter.ts';

test('a second holds what happened since the last one, the summary holds everything', () => {
  const meter = new LoadMeter();
  meter.request(10, false);
  meter.request(30, true);
  meter.iteration();
  expect(meter.takeSecond(1000, 3)).toMatchObject({
    at: 1000,
    iterations: 1,
    requests: 2,
    failed: 1,
    dropped: 0,
    vus: 3,
  });
  meter.dropped(2);
  meter.iteration();
  expect(meter.takeSecond(2000, 3)).toMatchObject({
    iterations: 1,
    requests: 0,
    failed: 0,
    dropped: 2,
    p50Ms: 0,
    p95Ms: 0,
  });
  expect(meter.summary()).toMatchObject({ iterations: 2, requests: 2, failed: 1, dropped: 2 });
});

test('percentiles are right within a thousandth', () => {
  const meter = new LoadMeter();
  for (let ms = 1; ms <= 1000; ms += 1) {
    meter.request(ms, false);
    meter.started(ms / 10);
  }
  const { p50Ms, p95Ms } = meter.takeSecond(0, 0);
  expect(Math.abs(p50Ms - 500)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(p95Ms - 950)).toBeLessThanOrEqual(0.95);
  expect(Math.abs((meter.summary().lateP99Ms ?? 0) - 99)).toBeLessThanOrEqual(0.1);
});
