import { expect, test } from 'vitest';
import { constantArrivalRate } from '../../../orchestrator/load/embedded/executors/constant-arrival-rate.ts';
import type { Players } from '../../../orchestrator/load/embedded/executors/executor.ts';
import { OptionReader } from '../../../orchestrator/load/embedded/options.ts';

/** Players on a clock of their own; waiting takes `late` ms longer than asked. */
function fakePlayers(late = 0, stopAt = Infinity): Players & { readonly due: number[]; now: number } {
  const players = {
    startedAt: 1000,
    now: 1000,
    due: [] as number[],
    until(moment: number) {
      if (players.now < moment) players.now = moment + late;
      return Promise.resolve(players.now < stopAt);
    },
    start: (dueAt: number) => void players.due.push(dueAt),
  };
  return players;
}

const plan = (options: Readonly<Record<string, unknown>>) =>
  constantArrivalRate.plan(new OptionReader({ preAllocatedVUs: 1, ...options }, 'scenario test'));

test('iterations are due at the start plus k divided by the rate', async () => {
  const players = fakePlayers();
  await plan({ rate: 4, duration: '1s' }).run(players);
  expect(players.due).toEqual([1000, 1250, 1500, 1750]);
});

test('a late timer shifts no due time and loses no iteration', async () => {
  const players = fakePlayers(600);
  await plan({ rate: 10, duration: '2s' }).run(players);
  expect(players.due).toEqual(Array.from({ length: 20 }, (_, k) => 1000 + k * 100));
});

test('the rate may be given for another unit of time', async () => {
  const players = fakePlayers();
  await plan({ rate: 30, timeUnit: '1m', duration: '6s' }).run(players);
  expect(players.due).toEqual([1000, 3000, 5000]);
});

test('nothing is started after a stop', async () => {
  const players = fakePlayers(0, 1500);
  await plan({ rate: 10, duration: '10s' }).run(players);
  expect(players.due.at(-1)).toBe(1400);
});

test('maxVUs is preAllocatedVUs unless it is given, and not less', () => {
  expect(plan({ rate: 1, duration: '1s', preAllocatedVUs: 7 }).maxVUs).toBe(7);
  expect(() => plan({ rate: 1, duration: '1s', preAllocatedVUs: 7, maxVUs: 3 })).toThrow(
    'scenario test: `maxVUs` is 3',
  );
});
