import { expect, test } from 'vitest';
import type { Window } from '../../../orchestrator/backends/backend.ts';
import { observeCalm } from '../../../orchestrator/expectations/calm.ts';
import type { Observation } from '../../../orchestrator/expectations/expectation.ts';

const calm: Window = { from: 60_000, to: 94_000 };

/** The p95 of each window that begins at this moment; 70 over the whole act. */
function observer(p95Of: Readonly<Record<number, number | undefined>>) {
  const asked: Window[] = [];
  return {
    asked,
    async observe(window: Window): Promise<Observation> {
      asked.push(window);
      const p95Ms = window.to - window.from === 34_000 ? 70 : p95Of[window.from];
      const values = { requests: 100, ...(p95Ms !== undefined && { p95Ms }) };
      return { requests: 100, values, traceIds: ['t1'] };
    },
  };
}

test('its p95 is the median of its thirds, in whole seconds', async () => {
  const { asked, observe } = observer({ 60_000: 22, 71_000: 20, 83_000: 950 });
  expect(await observeCalm(observe, calm, 20)).toEqual({
    requests: 100,
    values: { requests: 100, p95Ms: 22 },
    traceIds: ['t1'],
  });
  expect(asked.slice(1)).toEqual([
    { from: 60_000, to: 71_000 },
    { from: 71_000, to: 83_000 },
    { from: 83_000, to: 94_000 },
  ]);
});

test('a third without requests leaves it at the whole window', async () => {
  const { observe } = observer({ 60_000: 22, 83_000: 950 });
  expect(await observeCalm(observe, calm, 20)).toMatchObject({ values: { p95Ms: 70 } });
});

test('so does a third with too few', async () => {
  const { observe } = observer({ 60_000: 22, 71_000: 20, 83_000: 950 });
  const sparse = async (window: Window) => {
    const seen = await observe(window);
    return window.from === 71_000 ? { ...seen, requests: 19 } : seen;
  };
  expect(await observeCalm(sparse, calm, 20)).toMatchObject({ values: { p95Ms: 70 } });
});

test('what has no p95 is asked for once', async () => {
  const asked: Window[] = [];
  const seen: Observation = { requests: 40, values: { perSecond: 2 }, traceIds: [] };
  const observe = async (window: Window) => {
    asked.push(window);
    return seen;
  };
  expect(await observeCalm(observe, calm, 20)).toBe(seen);
  expect(asked).toEqual([calm]);
});

test('without a calm act there is none', async () => {
  expect(await observeCalm(() => Promise.reject(new Error('nobody asks')), undefined, 20)).toBeUndefined();
});
