import type { Clock } from '../clock/clock.ts';
import type { Proof } from '../faults/fault.ts';
import { messageOf } from '../errors.ts';
import { withDeadline } from './deadline.ts';

/** Sleeps until a moment (epoch ms); a timer that fires a millisecond early sleeps again. */
export async function sleepUntil(clock: Clock, at: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  while (clock.now() < at) await clock.sleep(at - clock.now(), signal);
}

export interface Poll {
  readonly clock: Clock;
  /** What is looked at, for the evidence when looking fails. */
  readonly what: string;
  readonly everyMs: number;
  readonly forMs: number;
  /** Ends the polling early, with what was seen last. */
  readonly signal?: AbortSignal;
}

/** Looks again and again until it is proven or time is over; a look that fails or hangs is evidence, not an error. */
export async function pollProof(poll: Poll, look: () => Promise<Proof>): Promise<Proof> {
  const { clock, signal } = poll;
  const end = clock.now() + poll.forMs;
  for (;;) {
    const seen = await lookOnce(poll, Math.max(poll.everyMs, end - clock.now()), look);
    if (seen.proven || signal?.aborted || clock.now() + poll.everyMs > end) return seen;
    // Woken early by the signal, it looks one last time.
    await clock.sleep(poll.everyMs, signal).catch(() => undefined);
  }
}

async function lookOnce(poll: Poll, ms: number, look: () => Promise<Proof>): Promise<Proof> {
  try {
    return await withDeadline(poll.clock, poll.what, ms, look());
  } catch (error) {
    return { proven: false, evidence: `could not look: ${messageOf(error)}` };
  }
}
