import type { Window } from '../backends/backend.ts';

const maxInt64 = 2n ** 63n - 1n;

/** A window in nanoseconds, `from` inclusive, `to` exclusive; undefined where nothing can be in it. */
export function boundsOf({ from, to }: Window): { readonly from: bigint; readonly to: bigint } | undefined {
  // Written so that NaN is no window either.
  if (!(from < to)) return undefined;
  return { from: nanosOf(from), to: nanosOf(to) };
}

/** Milliseconds to nanoseconds without the rounding of a double, held within what a BIGINT takes. */
function nanosOf(ms: number): bigint {
  if (ms <= 0) return 0n;
  if (ms >= Number(maxInt64) / 1e6) return maxInt64;
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

/** Epoch milliseconds with a fraction: microseconds still fit a double exactly. */
export function msOf(nanos: bigint): number {
  return Number(nanos / 1000n) / 1000;
}
