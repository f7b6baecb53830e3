import { expect, test } from 'vitest';
import { quoted } from '../../../../orchestrator/backends/prometheus/api.ts';
import { growth, readAt, selector, withColumns } from '../../../../orchestrator/backends/prometheus/promql.ts';

const clock = { delayMs: 4000, nowMs: 100_000 };

test('readings are half a delay after the ends, and never later than now', () => {
  expect(readAt({ from: 10_000, to: 70_000.4 }, clock)).toEqual({ from: 12_000, to: 72_000 });
  expect(readAt({ from: 10_000, to: Infinity }, clock)).toEqual({ from: 12_000, to: 100_000 });
  expect(readAt({ from: -Infinity, to: 10_000 }, clock)).toEqual({ from: 0, to: 12_000 });
});

test('nothing is read of a window that has nothing', () => {
  const nothing = [
    { from: 5, to: 5 },
    { from: 6, to: 5 },
    { from: Number.NaN, to: 5 },
    { from: 5, to: Number.NaN },
    { from: 99_000, to: 200_000 },
    { from: -9000, to: -8000 },
  ];
  for (const window of nothing) expect(readAt(window, clock)).toBeUndefined();
});

test('text stays within its quotes', () => {
  expect(selector('m', { service_name: 'x"} or up{a="\\\n' })).toBe(String.raw`m{service_name="x\"} or up{a=\"\\\n"}`);
  expect(quoted('\uD800')).toBe('"\uFFFD"');
});

test('a series that was not there began at zero', () => {
  expect(growth('m', { from: 1500, to: 2000 })).toBe('(m @ 2 - (m @ 1.5 or m @ 2 * 0))');
});

test('of the sources of a column the first wins, so it is written last', () => {
  const columns = { method: [{ label: 'new' }, { label: 'old', pattern: '(.)', gives: 'x$1' }] };
  expect(withColumns('m', columns)).toBe(
    String.raw`label_replace(label_replace(m, "asked_method", "x$1", "old", "(.)"), "asked_method", "$1", "new", "((?s:.+))")`,
  );
});
