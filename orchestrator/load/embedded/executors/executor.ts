import type { OptionReader } from '../options.ts';

/** How a scenario hands out iterations: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/ */
export interface Executor {
  /** Its own options, in the order in which k6 shows them; durations are shown as Go writes them. */
  readonly options: Readonly<Record<string, 'value' | 'duration' | 'stages'>>;
  /** Reads its own options; notes what is wrong with them in the reader. */
  plan(options: OptionReader, gracefulStopMs: number): Schedule;
}

/** How many virtual users a scenario needs from a moment on, in milliseconds from its start. */
export interface Need {
  readonly at: number;
  readonly planned: number;
  /** How many more may be made while the test runs. */
  readonly unplanned: number;
}

/** What a scenario is going to do. Milliseconds from its start. */
export interface Schedule {
  /** In order of time; the last needs none. */
  readonly needs: readonly Need[];
  /** No iteration begins later. */
  readonly durationMs: number;
  /** Iterations that still run then are interrupted. */
  readonly endMs: number;
  /** Of how many iterations `exec.scenario.progress` is the part that is done; undefined where it is a part of the duration. */
  readonly iterations?: number;
  /** Resolves when the last iteration is over, and every virtual user was given back. */
  run(players: Players): Promise<void>;
}

/** The virtual users of one scenario. Moments are in milliseconds of `performance.now()`. */
export interface Players {
  readonly startedAt: number;
  readonly now: number;
  /** No further iteration is wanted. */
  readonly stopped: boolean;
  /** Waits for a moment; false where the players were stopped meanwhile. */
  until(moment: number): Promise<boolean>;
  /** Takes a virtual user that was made beforehand; it counts as active until it leaves, or only while it plays. */
  take(active: 'until it leaves' | 'while it plays'): Promise<Player>;
  /** Makes another one, which counts as active while it plays; undefined where that failed. */
  add(): Promise<Player | undefined>;
  /** Counts iterations that were due and are not played. */
  drop(count: number): void;
  warn(message: string): void;
}

/** A virtual user who plays for a scenario. */
export interface Player {
  /** Plays one iteration, of which `dueAt` is the moment when it should begin; resolves when it is over, however it ended. */
  play(dueAt?: number): Promise<void>;
  /** Lets the running iteration end now. */
  interrupt(): void;
  /** Gives the virtual user back. */
  leave(): void;
}
