import { expect, test } from 'vitest';
import { demandOf } from '../../../../orchestrator/load/embedded/vu-pool.ts';

const need = (at: number, planned: number, unplanned = 0) => ({ at, planned, unplanned });

test('scenarios that follow each other share their virtual users', () => {
  const first = { startTimeMs: 0, needs: [need(0, 5), need(10_000, 0)] };
  const second = { startTimeMs: 10_000, needs: [need(0, 3, 4), need(10_000, 0)] };
  expect(demandOf([first, { ...second, startTimeMs: 9000 }])).toEqual({ planned: 8, unplanned: 4 });
  expect(demandOf([first, second])).toEqual({ planned: 5, unplanned: 2 });
});

test('what begins where another ends is counted after it', () => {
  expect(demandOf([{ startTimeMs: 0, needs: [need(0, 2), need(5, 0)] }])).toEqual({ planned: 2, unplanned: 0 });
  expect(demandOf([])).toEqual({ planned: 0, unplanned: 0 });
});
