import type { OptionReader } from '../options.ts';
import type { Executor, Players } from './executor.ts';

/**
 * Iterations at a constant rate, however long each takes. Every one has its due time on an absolute schedule, `start + k / rate`,
 * so that a late one delays no other.
 */
export const constantArrivalRate: Executor = {
  plan(options: OptionReader) {
    const interval = (rate: number): number => options.duration('timeUnit', '1s') / rate;
    const intervalMs = interval(options.count('rate', 1));
    const durationMs = options.duration('duration');
    const preAllocatedVUs = options.count('preAllocatedVUs', 0);
    const maxVUs = options.count('maxVUs', Math.max(1, preAllocatedVUs), Math.max(1, preAllocatedVUs));
    return { preAllocatedVUs, maxVUs, run: (players) => play(players, intervalMs, durationMs) };
  },
};

async function play(players: Players, intervalMs: number, durationMs: number): Promise<void> {
  const end = players.startedAt + durationMs;
  for (let k = 0; ; k += 1) {
    const due = players.startedAt + k * intervalMs;
    if (due >= end || !(await players.until(due))) return;
    players.start(due);
  }
}
