import { expect, it } from 'vitest';
import {
  durationPattern,
  formatDuration,
  parseDuration,
  parsePercent,
  parseRate,
  percentPattern,
  ratePattern,
} from '../../../orchestrator/show/units.ts';

it.each([
  ['500ms', 500],
  ['0s', 0],
  ['40s', 40_000],
  ['1.5s', 1500],
  ['1m30s', 90_000],
  ['2m', 120_000],
  ['90m', 5_400_000],
  ['1m500ms', 60_500],
])('the duration %s is %d ms', (text, ms) => {
  expect(durationPattern.test(text)).toBe(true);
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', '40', 's', '40 s', '-1s', '1h', '30s1m', '1.5m', '1e3s', '999999999m', 'm', '５s'])(
  '%j is no duration',
  (text) => {
    expect(durationPattern.test(text)).toBe(false);
  },
);

it.each([
  [0, '0s'],
  [500, '500ms'],
  [1500, '1.5s'],
  [40_000, '40s'],
  [60_000, '1m'],
  [90_500, '1m30.5s'],
])('%d ms are written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  ['20/s', 20],
  ['0.5/s', 0.5],
  ['90/min', 1.5],
])('the rate %s is %d per second', (text, perSecond) => {
  expect(ratePattern.test(text)).toBe(true);
  expect(parseRate(text)).toBe(perSecond);
});

it.each(['20', '20/m', '20 / s', '/s', '-1/s', '1e9/s'])('%j is no rate', (text) => {
  expect(ratePattern.test(text)).toBe(false);
});

it('reads a percentage as a share', () => {
  expect(percentPattern.test('12.5%')).toBe(true);
  expect(parsePercent('12.5%')).toBe(0.125);
  expect(percentPattern.test('0.5')).toBe(false);
});
