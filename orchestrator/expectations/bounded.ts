import { backToNormal, type Bound, compare, timingOf } from './comparison.ts';
import type { ExpectationKind, Observation } from './expectation.ts';
import { calmValue, numberOf } from './parameters.ts';

interface Measured {
  /** As reasons call it. */
  readonly name: string;
  /** Its name among an observation's values. */
  readonly value: string;
  /** Requests that the calm act needs to be compared with. */
  readonly minRequests: number;
  /** How far from the calm act it still counts as healed. */
  readonly back: { readonly factor: number; readonly slack: number };
}

/** How a kind judges that holds one number, of which more is worse, against one bound. */
export function bounded<Params>(
  boundIn: (params: Params) => Bound,
  { name, value, minRequests, back }: Measured,
): Pick<ExpectationKind<Params>, 'timing' | 'judge'> & Required<Pick<ExpectationKind<Params>, 'healed'>> {
  const before = (baseline: Observation | undefined) => calmValue(baseline, value, minRequests);
  return {
    timing: (params) => timingOf(boundIn(params)),
    judge: (params, now, baseline) => compare(boundIn(params), name, numberOf(now, value), before(baseline)),
    healed: (params, now, baseline) =>
      backToNormal(boundIn(params), name, { now: numberOf(now, value), before: before(baseline) }, back),
  };
}
