import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../orchestrator/clock/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock whose time moves by itself, and only when everybody is waiting for it: once the event loop has been through a few
 * turns without a new sleep, time jumps to the earliest sleeper. A 30-minute show plays in milliseconds and always in the same order.
 */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #activity = 0;
  #advancing = false;

  constructor(now = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#activity += 1;
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          leave();
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#activity += 1;
      void this.#advance();
    });
  }

  /** Sleepers left: a finished run must leave none. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  async #advance(): Promise<void> {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#sleepers.length > 0) {
      await this.#quiet();
      // Same moment: in the order they went to sleep.
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (!next) continue;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#advancing = false;
  }

  async #quiet(): Promise<void> {
    const turnsWithoutActivity = 3;
    for (let quiet = 0; quiet < turnsWithoutActivity; quiet += 1) {
      const before = this.#activity;
      await turn();
      if (this.#activity !== before) quiet = -1;
    }
  }
}
