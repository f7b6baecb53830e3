import type { Window } from '../backends/backend.ts';
import type { Observation } from './expectation.ts';
import { numberOf } from './parameters.ts';

const parts = 3;

/** The observed value that a single pause can spoil: three slow seconds of a calm act of forty are more than 5 % of its requests. */
const spoiled = 'p95Ms';

/**
 * What the calm act is taken to be: as observed over its whole window, but its p95 the median of those of its three thirds. A machine that
 * stalls once then does not hide an anomaly that everybody sees. A third with fewer requests than are `needed` leaves it at the whole window.
 */
export async function observeCalm(
  observe: (window: Window) => Promise<Observation>,
  window: Window | undefined,
  needed: number,
): Promise<Observation | undefined> {
  if (!window) return undefined;
  const whole = await observe(window);
  if (numberOf(whole, spoiled) === undefined) return whole;
  const thirds = await Promise.all(thirdsOf(window).map(observe));
  const [, median] = thirds.map((seen) => numberOf(seen, spoiled)).toSorted((one, other) => (one ?? 0) - (other ?? 0));
  const areEnough = thirds.every((seen) => seen.requests >= needed && numberOf(seen, spoiled) !== undefined);
  if (median === undefined || !areEnough) return whole;
  return { ...whole, values: { ...whole.values, [spoiled]: median } };
}

/** In whole seconds, as backends are asked. Milliseconds. */
function thirdsOf({ from, to }: Window): readonly Window[] {
  const edge = (part: number): number => from + Math.round(((to - from) * part) / parts / 1000) * 1000;
  return Array.from({ length: parts }, (_, part) => ({
    from: edge(part),
    to: part === parts - 1 ? to : edge(part + 1),
  }));
}
