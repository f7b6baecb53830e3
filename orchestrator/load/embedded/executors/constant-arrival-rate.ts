import { crewNeeds, playArrivals, readCrew } from './arrivals.ts';
import type { Executor } from './executor.ts';

/** Iterations at a constant rate, however long each takes: due at `k / rate`. */
export const constantArrivalRate: Executor = {
  options: { rate: 'value', timeUnit: 'duration', duration: 'duration', preAllocatedVUs: 'value', maxVUs: 'value' },
  plan(options, gracefulStopMs) {
    const rate = options.whole('rate', 1);
    const intervalMs = options.duration('timeUnit', 1e-6, '1s') / rate;
    const durationMs = options.duration('duration', 1000);
    const crew = readCrew(options);
    const endMs = durationMs + gracefulStopMs;
    return {
      needs: crewNeeds(crew, endMs),
      durationMs,
      endMs,
      run: (players) => playArrivals(players, { ...crew, durationMs }, dueTimes(intervalMs, durationMs)),
    };
  },
};

/** As in k6 the one that is due at the very end is played too, and the interval is cut to whole nanoseconds. */
function* dueTimes(intervalMs: number, durationMs: number): Generator<number> {
  const intervalNs = Math.max(1, Math.floor(intervalMs * 1e6));
  const durationNs = durationMs * 1e6;
  for (let k = 0; k * intervalNs <= durationNs; k += 1) yield (k * intervalNs) / 1e6;
}
