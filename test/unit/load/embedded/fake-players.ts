import type { Player, Players, Schedule } from '../../../../orchestrator/load/embedded/executors/executor.ts';
import { executors } from '../../../../orchestrator/load/embedded/executors/index.ts';
import { OptionProblems, OptionReader, type OptionProblem } from '../../../../orchestrator/load/embedded/options.ts';

/** An iteration that was played, in ms from the scenario's start. */
interface Played {
  readonly user: number;
  readonly at: number;
  readonly end: number;
  readonly interrupted: boolean;
}

export interface Simulation {
  /** How long an iteration takes, by its number. */
  readonly takes?: (iteration: number) => number;
  /** How long making a further virtual user takes. */
  readonly makingMs?: number;
  /** How much later than asked a wait ends. */
  readonly lateMs?: number;
  readonly stopAt?: number;
}

export interface Outcome {
  readonly played: readonly Played[];
  readonly dropped: number;
  readonly warnings: readonly string[];
  /** Virtual users that were made. */
  readonly users: number;
  readonly endedAt: number;
}

/** Reads the options of an executor; throws OptionProblems. */
export function planOf(
  executor: string,
  options: Readonly<Record<string, unknown>>,
  gracefulStopMs = 30_000,
): Schedule {
  const problems: OptionProblem[] = [];
  const schedule = executors[executor]?.plan(new OptionReader(options, 'scenario test', problems), gracefulStopMs);
  if (problems.length > 0 || !schedule) throw new OptionProblems(problems);
  return schedule;
}

/** Plays a schedule on a clock of its own, which jumps from one event to the next. */
export async function simulate(schedule: Schedule, simulation: Simulation = {}): Promise<Outcome> {
  const players = new FakePlayers(simulation);
  const progress = { isOver: false };
  const run = schedule.run(players).then(() => (progress.isOver = true));
  players.at(players.startedAt + schedule.endMs, () => players.interruptAll());
  if (simulation.stopAt !== undefined) players.at(players.startedAt + simulation.stopAt, () => players.stop());
  await players.settle();
  while (!progress.isOver && players.advance()) await players.settle();
  await run;
  return players.outcome;
}

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

class FakePlayers implements Players {
  readonly startedAt = 1000;
  now = 1000;
  stopped = false;
  readonly #simulation: Required<Pick<Simulation, 'takes' | 'makingMs' | 'lateMs'>>;
  readonly #free: number[] = [];
  readonly #running = new Map<number, () => void>();
  readonly #waiting = new Set<() => void>();
  #events: Event[] = [];
  #users = 0;
  #iterations = 0;
  #dropped = 0;
  #played: Played[] = [];
  #warnings: string[] = [];

  constructor({ takes = () => 0.001, makingMs = 10, lateMs = 0 }: Simulation) {
    this.#simulation = { takes, makingMs, lateMs };
  }

  get outcome(): Outcome {
    return {
      played: this.#played.toSorted((a, b) => a.at - b.at),
      dropped: this.#dropped,
      warnings: this.#warnings,
      users: this.#users,
      endedAt: this.now - this.startedAt,
    };
  }

  at(moment: number, happen: () => void): void {
    this.#events = [...this.#events, { at: moment, happen }].toSorted((a, b) => a.at - b.at);
  }

  /** Lets everything happen that follows at once from what has happened. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets the next event happen; false where there is none. */
  advance(): boolean {
    const [event, ...rest] = this.#events;
    if (!event) return false;
    this.#events = rest;
    this.now = Math.max(this.now, event.at);
    event.happen();
    return true;
  }

  stop(): void {
    this.stopped = true;
    for (const wake of this.#waiting) wake();
  }

  interruptAll(): void {
    for (const interrupt of this.#running.values()) interrupt();
  }

  until(moment: number): Promise<boolean> {
    if (this.stopped || this.now >= moment) return Promise.resolve(!this.stopped);
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        resolve(!this.stopped);
      };
      this.#waiting.add(wake);
      this.at(moment + this.#simulation.lateMs, wake);
    });
  }

  take(): Promise<Player> {
    return Promise.resolve(this.#player(this.#free.shift() ?? this.#users++));
  }

  async add(): Promise<Player> {
    await new Promise<void>((resolve) => this.at(this.now + this.#simulation.makingMs, resolve));
    return this.#player(this.#users++);
  }

  drop(count: number): void {
    this.#dropped += count;
  }

  warn(message: string): void {
    this.#warnings.push(message);
  }

  #player(user: number): Player {
    return {
      play: () => this.#play(user),
      interrupt: () => this.#running.get(user)?.(),
      leave: () => void this.#free.push(user),
    };
  }

  async #play(user: number): Promise<void> {
    const at = this.now - this.startedAt;
    const interrupted = await new Promise<boolean>((resolve) => {
      this.#running.set(user, () => resolve(true));
      this.at(this.now + this.#simulation.takes(this.#iterations++), () => resolve(false));
    });
    this.#running.delete(user);
    this.#played.push({ user, at, end: this.now - this.startedAt, interrupted });
  }
}
