import type { Clock } from '../../clock/clock.ts';
import { NoAnswer } from '../http.ts';

export interface PacerOptions {
  /** Whom errors name. */
  readonly name: string;
  readonly clock: Clock;
  /** Between the starts of two requests. Milliseconds. */
  readonly everyMs: number;
  /** Requests without an answer yet, at most. */
  readonly atOnce: number;
  /** Requests that wait for their turn, at most; one more is refused. */
  readonly maxWaiting: number;
  /** The longest that one waits for its turn. Milliseconds. */
  readonly waitMs: number;
}

interface Job {
  readonly since: number;
  /** Settles whoever waits for it, unless it is told to come again: resolves with the pause that was asked for. Milliseconds. */
  run(last: boolean): Promise<number | undefined>;
  fail(reason: NoAnswer): void;
  repeats: number;
}

/** A request that was told to wait so often gets that as its answer. */
const maxRepeats = 4;

/** Sends requests one after the other, never faster than allowed, whoever asks. A request that is answered with 429 comes again after the pause asked for. */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #waiting: Job[] = [];
  readonly #closing = new AbortController();
  #running = 0;
  #nextAt = -Infinity;
  #driving = false;

  constructor(options: PacerOptions) {
    this.#options = options;
  }

  /** Rejects with what `send` rejects with, and with a NoAnswer where its turn never comes. */
  paced<T>(send: () => Promise<T>): Promise<T> {
    const { name, clock, everyMs, maxWaiting } = this.#options;
    if (this.#closing.signal.aborted) return Promise.reject(closed(name));
    if (this.#waiting.length >= maxWaiting) {
      return Promise.reject(
        new NoAnswer('backend-rate-limited', `${name} is asked too much: ${maxWaiting} requests wait already`, {
          hint: `it takes one request every ${everyMs} ms; use fewer expectations at once, or a lower load`,
        }),
      );
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        since: clock.now(),
        repeats: 0,
        fail: reject,
        async run(last) {
          try {
            resolve(await send());
          } catch (error) {
            if (!last && error instanceof NoAnswer && error.status === 429) return error.retryAfterMs ?? 0;
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          return undefined;
        },
      });
      void this.#drive();
    });
  }

  /** What waits gets no answer; what is under way is left to end by itself. */
  close(): void {
    this.#closing.abort();
    for (const job of this.#waiting.splice(0)) job.fail(closed(this.#options.name));
  }

  async #drive(): Promise<void> {
    if (this.#driving) return;
    this.#driving = true;
    while (this.#waiting.length > 0 && this.#running < this.#options.atOnce && (await this.#turn())) {
      const job = this.#waiting.shift();
      if (job) this.#start(job);
    }
    this.#driving = false;
  }

  /** Whether the next request may be sent; false once closed. A pause may get longer while it lasts. */
  async #turn(): Promise<boolean> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    try {
      while (clock.now() < this.#nextAt) await clock.sleep(this.#nextAt - clock.now(), signal);
    } catch {
      // Only closing ends a sleep early.
    }
    return !signal.aborted;
  }

  #start(job: Job): void {
    const { name, clock, everyMs, waitMs } = this.#options;
    const now = clock.now();
    if (now - job.since > waitMs) {
      job.fail(
        new NoAnswer('backend-slow', `${name} could not be asked within ${waitMs} ms: other requests came first`, {
          hint: `it takes one request every ${everyMs} ms; use fewer expectations at once`,
        }),
      );
      return;
    }
    this.#nextAt = now + everyMs;
    this.#running += 1;
    void this.#finish(job);
  }

  async #finish(job: Job): Promise<void> {
    const { name, clock, everyMs } = this.#options;
    const pauseMs = await job.run(job.repeats >= maxRepeats);
    this.#running -= 1;
    if (pauseMs !== undefined) {
      job.repeats += 1;
      this.#nextAt = Math.max(this.#nextAt, clock.now() + Math.max(pauseMs, everyMs * 2 ** (job.repeats - 1)));
      if (this.#closing.signal.aborted) job.fail(closed(name));
      else this.#waiting.unshift(job);
    }
    void this.#drive();
  }
}

function closed(name: string): NoAnswer {
  return new NoAnswer('backend-cut', `${name} is not asked any more: the run is over`, {});
}
