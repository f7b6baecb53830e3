import { expect, test } from 'vitest';
import { graceful, wantedVUs } from '../../../../orchestrator/load/embedded/executors/ramp.ts';

const stage = (seconds: number, target: number) => ({ durationMs: seconds * 1000, target });
const inSeconds = (steps: readonly { readonly at: number; readonly vus: number }[]) =>
  steps.map(({ at, vus }) => [at / 1000, vus]);

// The expected numbers are those of k6 2.2 for these stages.
const stages = [stage(2, 6), stage(5, 1), stage(4, 5), stage(4, 1), stage(3, 4), stage(2, 4), stage(0, 1), stage(3, 1)];

test('one comes when the line reaches its number, one goes when the line reaches the number below', () => {
  expect(inSeconds(wantedVUs(4, stages))).toEqual([
    [0, 4],
    [1, 5],
    [2, 6],
    [3, 5],
    [4, 4],
    [5, 3],
    [6, 2],
    [7, 1],
    [8, 2],
    [9, 3],
    [10, 4],
    [11, 5],
    [12, 4],
    [13, 3],
    [14, 2],
    [15, 1],
    [16, 2],
    [17, 3],
    [18, 4],
    [20, 1],
  ]);
});

test('who is no longer wanted may end its iteration for the time of the graceful ramp-down', () => {
  expect(inSeconds(graceful(wantedVUs(4, stages), 30_000, 53_000))).toEqual([
    [0, 4],
    [1, 5],
    [2, 6],
    [33, 5],
    [42, 4],
    [50, 1],
    [53, 0],
  ]);
});

test('the graceful stop cuts the ramp-down short', () => {
  expect(inSeconds(graceful(wantedVUs(4, stages), 30_000, 26_000))).toEqual([
    [0, 4],
    [1, 5],
    [2, 6],
    [26, 0],
  ]);
});

test('without a graceful ramp-down the steps are those of the ramp', () => {
  expect(inSeconds(graceful(wantedVUs(1, [stage(1, 0)]), 0, 31_000))).toEqual([
    [0, 1],
    [1, 0],
  ]);
});
