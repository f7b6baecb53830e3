import type { Stage } from './stages.ts';

/** From `at` on (milliseconds from the scenario's start), this many virtual users. */
export interface Step {
  readonly at: number;
  readonly vus: number;
}

/**
 * The number of virtual users over time, one step for each that comes or goes. On the way up the number holds from the moment that the line
 * reaches it; on the way down one goes when the line reaches the number below, so that it is the last moment at which it is still wanted.
 */
export function wantedVUs(startVUs: number, stages: readonly Stage[]): readonly Step[] {
  const steps: Step[] = [{ at: 0, vus: startVUs }];
  let from = startVUs;
  let end = 0;
  const add = (at: number, vus: number): void => {
    if (steps.at(-1)?.vus !== vus) steps.push({ at, vus });
  };
  for (const { durationMs, target } of stages) {
    end += durationMs;
    const way = target - from;
    if (durationMs === 0) add(end, target);
    else if (way > 0) for (let vus = from; vus <= target; vus += 1) add(end - (durationMs * (target - vus)) / way, vus);
    else for (let vus = from; vus > target; vus -= 1) add(end - (durationMs * (target - vus + 1)) / way, vus - 1);
    from = target;
  }
  return steps;
}

/**
 * How many may still finish an iteration: whoever is no longer wanted has `rampDownMs` more, but not beyond `endMs`, and who is wanted again
 * meanwhile stays. The last step has none.
 */
export function graceful(wanted: readonly Step[], rampDownMs: number, endMs: number): readonly Step[] {
  const steps = rampDownMs > 0 ? delayed(wanted, rampDownMs, endMs) : [...wanted];
  if (steps.at(-1)?.vus !== 0) steps.push({ at: endMs, vus: 0 });
  return steps;
}

/** At any moment the most that were wanted in the `rampDownMs` before it. */
function delayed(wanted: readonly Step[], rampDownMs: number, endMs: number): Step[] {
  const steps: Step[] = [];
  const add = (at: number, vus: number): void => {
    if (at < endMs && steps.at(-1)?.vus !== vus) steps.push({ at, vus });
  };
  const moments = [...new Set(wanted.flatMap(({ at }) => [at, at + rampDownMs]))].toSorted((a, b) => a - b);
  let first = 0;
  let last = -1;
  for (const moment of moments) {
    while (last + 1 < wanted.length && (wanted[last + 1]?.at ?? 0) <= moment) last += 1;
    // A step counts as long as its successor is not older than the ramp-down.
    while (first < last && (wanted[first + 1]?.at ?? 0) + rampDownMs <= moment) first += 1;
    add(moment, Math.max(...wanted.slice(first, last + 1).map(({ vus }) => vus)));
  }
  return steps;
}
