import type { Clock } from '../clock/clock.ts';

/** Thrown by `withDeadline`; tells a late answer from a failed one. */
class DeadlineError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'DeadlineError';
  }
}

/** Waits for `work` at most `ms`, then throws a DeadlineError. The work itself is not stopped: it is left behind. */
export async function withDeadline<T>(clock: Clock, what: string, ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  // The deadline loses the race when it is called off, and nobody is left to hear of it.
  const late = clock.sleep(ms, done.signal).then(
    () => Promise.reject(new DeadlineError(what, ms)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

/** Resolves when the signal aborts; never rejects. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Rejects when the signal aborts; never resolves. */
export async function aborting(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw signal.reason;
}

/** The outcome of whichever wait ends first; the others are called off through the signal they are given. */
export async function firstOf<T>(
  signal: AbortSignal,
  waits: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T> {
  const done = new AbortController();
  try {
    return await Promise.race(waits(AbortSignal.any([signal, done.signal])));
  } finally {
    done.abort();
  }
}
