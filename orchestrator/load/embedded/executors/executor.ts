import type { OptionReader } from '../options.ts';

/** How a scenario hands out iterations: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/ */
export interface Executor {
  /** Reads its own options; throws an OptionError. */
  plan(options: OptionReader): Schedule;
}

export interface Schedule {
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
  /** Resolves when no further iteration is due, or the players were stopped. Those running may go on. */
  run(players: Players): Promise<void>;
}

/** The virtual users of one scenario. Moments are in milliseconds of `performance.now()`. */
export interface Players {
  readonly startedAt: number;
  /** Waits for a moment; false where the players were stopped meanwhile. */
  until(moment: number): Promise<boolean>;
  /** Lets a free virtual user play an iteration; where there is none the iteration is dropped, and counted. */
  start(dueAt: number): void;
}
