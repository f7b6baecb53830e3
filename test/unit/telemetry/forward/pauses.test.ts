import { expect, test } from 'vitest';
import { pauseMs, retryAfterMs } from '../../../../orchestrator/telemetry/forward/pauses.ts';

test('pauses grow, with jitter, up to a cap', () => {
  for (let round = 0; round < 50; round += 1) {
    for (const [failures, longest] of [
      [1, 500],
      [2, 1000],
      [3, 2000],
      [4, 3000],
      [5000, 3000],
    ] as const) {
      expect(pauseMs(failures)).toBeLessThanOrEqual(longest);
      expect(pauseMs(failures)).toBeGreaterThanOrEqual(longest / 2);
    }
  }
});

const now = Date.UTC(2026, 0, 5, 9, 0, 0);

test.each([
  ['3', 3000],
  [' 3 ', 3000],
  ['Mon, 05 Jan 2026 09:00:07 GMT', 7000],
  ['Mon, 05 Jan 2026 08:00:00 GMT', 100],
  ['0', 100],
  ['99999999999', 3_600_000],
  ['soon', undefined],
  ['-5', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
