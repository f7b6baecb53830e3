import { expect, test } from 'vitest';
import { LoadMetrics } from '../../../orchestrator/load/embedded/metrics.ts';

test('a second holds what happened since the last one, the summary holds everything', () => {
  const metrics = new LoadMetrics();
  metrics.request(10, false);
  metrics.request(30, true);
  metrics.iteration([{ name: 'shown', passes: 2, fails: 0 }]);
  expect(metrics.takeSecond(1000, 3)).toMatchObject({
    at: 1000,
    iterations: 1,
    requests: 2,
    failed: 1,
    dropped: 0,
    vus: 3,
  });
  metrics.dropped();
  metrics.iteration([{ name: 'shown', passes: 0, fails: 1 }]);
  expect(metrics.takeSecond(2000, 3)).toMatchObject({
    at: 2000,
    iterations: 1,
    requests: 0,
    failed: 0,
    dropped: 1,
    p50Ms: 0,
    p95Ms: 0,
  });
  expect(metrics.summary()).toMatchObject({
    iterations: 2,
    requests: 2,
    failed: 1,
    dropped: 1,
    checks: [{ name: 'shown', passes: 2, fails: 1 }],
  });
});

test('percentiles are right within a thousandth', () => {
  const metrics = new LoadMetrics();
  for (let ms = 1; ms <= 1000; ms += 1) {
    metrics.request(ms, false);
    metrics.started(ms / 10);
  }
  const { p50Ms, p95Ms } = metrics.takeSecond(0, 0);
  expect(Math.abs(p50Ms - 500)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(p95Ms - 950)).toBeLessThanOrEqual(0.95);
  expect(Math.abs(metrics.summary().lateP99Ms - 99)).toBeLessThanOrEqual(0.1);
});
