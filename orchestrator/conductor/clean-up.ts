import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../errors.ts';
import { withDeadline } from './deadline.ts';

export interface CleanUpFailure {
  readonly name: string;
  readonly message: string;
}

export interface CleanUp {
  /** Registers how to take something back. Call it before the next await after the thing was done. */
  push(name: string, undo: () => Promise<unknown> | void): void;
  /**
   * Takes everything back in reverse order and returns what could not be. One failure stops no other. Never throws.
   * Idempotent: what has been taken back is not taken back again, and a second call while it runs gets the same promise.
   */
  run(): Promise<readonly CleanUpFailure[]>;
}

export interface CleanUpOptions {
  readonly clock: Clock;
  readonly onFailure: (failure: CleanUpFailure) => void;
  /** Milliseconds for one entry. */
  readonly entryMs?: number;
  /** Milliseconds for all. An entry whose turn comes later is still started, with a short grace: skipping it would leave it for sure. */
  readonly totalMs?: number;
}

const graceMs = 500;

/** A clean-up stack under deadlines of its own: never under the run's signal, which has been aborted when it is needed most. */
export function createCleanUp(options: CleanUpOptions): CleanUp {
  const { clock, onFailure, entryMs = 15_000, totalMs = 45_000 } = options;
  const entries: { readonly name: string; readonly undo: () => Promise<unknown> | void }[] = [];
  let running: Promise<readonly CleanUpFailure[]> | undefined;

  async function drain(): Promise<readonly CleanUpFailure[]> {
    const failures: CleanUpFailure[] = [];
    const end = clock.now() + totalMs;
    for (let entry = entries.pop(); entry; entry = entries.pop()) {
      const { name, undo } = entry;
      const ms = Math.min(entryMs, Math.max(graceMs, end - clock.now()));
      try {
        await withDeadline(clock, name, ms, (async () => undo())());
      } catch (error) {
        const failure = { name, message: messageOf(error) };
        failures.push(failure);
        onFailure(failure);
      }
    }
    return failures;
  }

  return {
    push: (name, undo) => void entries.push({ name, undo }),
    run: () => (running ??= drain().finally(() => (running = undefined))),
  };
}
