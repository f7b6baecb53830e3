import { crewNeeds, playArrivals, readCrew } from './arrivals.ts';
import type { Executor } from './executor.ts';
import { readStages, totalMs, type Stage } from './stages.ts';

/** Iterations at a rate that changes in straight lines. */
export const rampingArrivalRate: Executor = {
  options: { startRate: 'value', timeUnit: 'duration', stages: 'stages', preAllocatedVUs: 'value', maxVUs: 'value' },
  plan(options, gracefulStopMs) {
    const startRate = options.whole('startRate', 0, 0);
    const unitMs = options.duration('timeUnit', 1e-6, '1s');
    const stages = readStages(options);
    const crew = readCrew(options);
    const durationMs = totalMs(stages);
    const endMs = durationMs + gracefulStopMs;
    return {
      needs: crewNeeds(crew, endMs),
      durationMs,
      endMs,
      run: (players) => playArrivals(players, { ...crew, durationMs }, dueTimes(startRate, unitMs, stages)),
    };
  },
};

/**
 * The n-th iteration (from 1) is due when the area under the line of the rate reaches n: within a stage of `d` ms from rate `a` to rate `b` the
 * area after `x` ms is `a·x + (b − a)·x² / 2d`. What a stage leaves of an iteration is carried into the next.
 */
function* dueTimes(startRate: number, unitMs: number, stages: readonly Stage[]): Generator<number> {
  let stageStart = 0;
  let before = 0;
  let from = startRate / unitMs;
  let n = 1;
  for (const { durationMs, target } of stages) {
    const to = target / unitMs;
    const area = (durationMs * (from + to)) / 2;
    // The areas of a whole and of its parts differ in the last digits.
    for (; n <= before + area + 1e-9; n += 1) {
      yield stageStart + Math.min(durationMs, within(n - before, { from, to, durationMs }));
    }
    before += area;
    from = to;
    stageStart += durationMs;
  }
}

/** When within a stage the area reaches `area`; by the form of the quadratic's root that loses no digits where the rate hardly changes. */
function within(
  area: number,
  { from, to, durationMs }: { readonly from: number; readonly to: number; readonly durationMs: number },
): number {
  const slope = (to - from) / durationMs;
  return (2 * area) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * area)));
}
