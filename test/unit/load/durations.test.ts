import { expect, test } from 'vitest';
import { milliseconds } from '../../../orchestrator/load/embedded/k6/durations.ts';

test.each([
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['1.5s', 1500],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['250ms', 250],
  ['250', 250],
  [250, 250],
])('the duration %s is %d ms', (written, ms) => {
  expect(milliseconds(written)).toBe(ms);
});

test.each(['', 's', '-1s', '1 s', '1s2', 'soon', -1])('%j is no duration', (written) => {
  expect(() => milliseconds(written)).toThrow('is no duration');
});
