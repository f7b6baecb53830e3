import type { ConstantArrivalRateScenario, RampingArrivalRateScenario, Stage } from 'k6/options';
import { secondsOf } from './durations.ts';
import { duration, shapeSeconds } from './settings.ts';

// By the hour, because k6 takes whole numbers only and a night has less than one visit a second.
const timeUnit = '1h';
const hourly = (perSecond: number): number => Math.round(perSecond * 3_600);

/** What a scenario may say of its visits. */
interface Visits {
  /** The exported function that makes one. */
  readonly exec: string;
  /** Per second; of a shape at its height. */
  readonly rate: number;
  /** How many seconds one lasts on an ordinary day: that many visitors are there at a time for each visit a second. */
  readonly seconds?: number;
}

/**
 * Visits at one rate: visitors come when they come, also while the shop is slow.
 * A purchase that waits 2.5 s for a slow payment keeps its visitor busy, so there is room for longer visits than usual.
 */
export function steady(visits: Visits): ConstantArrivalRateScenario {
  return { executor: 'constant-arrival-rate', rate: Math.max(1, hourly(visits.rate)), duration, ...common(visits) };
}

/** A part of a shape: for this share of its length the rate goes, in a straight line, to this share of its height. */
export type Slope = readonly [length: number, height: number];

/** Visits at a rate that goes from slope to slope, and stays as the last one ends until DURATION is over. */
export function shaped(visits: Visits, from: number, slopes: readonly Slope[]): RampingArrivalRateScenario {
  const target = (height: number): number => hourly(visits.rate * height);
  const stages: Stage[] = slopes.map(([length, height]) => ({
    duration: milliseconds(length * shapeSeconds),
    target: target(height),
  }));
  const rest = secondsOf(duration) - slopes.reduce((sum, [length]) => sum + length * shapeSeconds, 0);
  if (rest > 0.001) stages.push({ duration: milliseconds(rest), target: target(slopes.at(-1)?.[1] ?? from) });
  return { executor: 'ramping-arrival-rate', startRate: target(from), stages, ...common(visits) };
}

function common({ exec, rate, seconds = 1 }: Visits) {
  return {
    exec,
    timeUnit,
    preAllocatedVUs: Math.ceil(rate * seconds * 1.5),
    maxVUs: Math.ceil(rate * seconds * 5),
    gracefulStop: `${Math.max(5, 2 * seconds)}s`,
  };
}

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1_000)}ms`;
