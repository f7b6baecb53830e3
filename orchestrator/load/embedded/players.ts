import type { EarlyEnd } from './ending.ts';
import type { Player, Players } from './executors/executor.ts';
import type { Tags } from './metrics/samples.ts';
import type { Records } from './records.ts';
import type { ScriptError } from './protocol.ts';
import type { Scenario } from './scenarios.ts';
import type { Settings } from './settings.ts';
import { type Breath, later } from './timing.ts';
import type { VirtualUser } from './virtual-user.ts';
import type { VuPool } from './vu-pool.ts';

/** After this, one who was interrupted and does not end is not waited for. */
const goneMs = 2000;

export interface PlayersOptions {
  readonly scenario: Scenario;
  readonly records: Records;
  readonly pool: VuPool;
  readonly early: EarlyEnd;
  readonly breath: Breath;
  readonly settings: Settings;
  readonly onError: (error: ScriptError) => void;
  readonly warn: (message: string) => void;
}

/** The virtual users of one scenario while it is played. */
export class ScenarioPlayers implements Players {
  startedAt = 0;
  /** How many of them count as active. */
  active = 0;
  /** Iterations that are over. */
  #done = 0;
  readonly #options: PlayersOptions;
  /** Of its samples. */
  readonly #tags: Tags;
  readonly #busy = new Set<VirtualUser>();
  readonly #wakes = new Set<() => void>();
  #iterations = 0;
  #startTime = 0;
  #data: unknown;
  #isOver = false;
  #onGone: () => void = () => undefined;

  constructor(options: PlayersOptions) {
    this.#options = options;
    this.#tags = tagsOf(options.scenario, options.settings);
  }

  get name(): string {
    return this.#options.scenario.name;
  }

  get now(): number {
    return performance.now();
  }

  get stopped(): boolean {
    return this.#isOver || this.#options.early.isSet;
  }

  /** Of 0 to 1, as k6 shows it. */
  get progress(): number {
    const { iterations, durationMs } = this.#options.scenario.schedule;
    const part = iterations === undefined ? (this.now - this.startedAt) / durationMs : this.#done / iterations;
    return this.startedAt === 0 ? 0 : Math.min(1, Math.max(0, part));
  }

  /** Plays the scenario to its end, with what `setup` returned; afterwards no iteration runs, save one that cannot be interrupted. */
  async play(begunAt: number, data: unknown): Promise<void> {
    const { scenario, early } = this.#options;
    this.#data = data;
    const startsAt = begunAt + scenario.startTimeMs;
    const stopListening = early.listen(() => this.#wake());
    const isWanted = await this.until(startsAt);
    this.startedAt = startsAt;
    this.#startTime = Date.now() + startsAt - performance.now();
    if (isWanted) {
      const callOff = later(startsAt + scenario.schedule.endMs - performance.now(), () => this.interrupt());
      const gone = new Promise<void>((resolve) => (this.#onGone = resolve));
      await Promise.race([scenario.schedule.run(this), gone]);
      callOff();
    }
    this.#isOver = true;
    this.#wake();
    stopListening();
  }

  /** Lets all running iterations end now. */
  interrupt(): void {
    for (const user of this.#busy) user.interrupt();
    later(goneMs, () => this.#onGone());
  }

  until(moment: number): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false);
    const left = moment - performance.now();
    if (left <= 0 && !this.#options.breath.isDue) return Promise.resolve(true);
    if (left <= 0) return this.#options.breath.take().then(() => !this.stopped);
    return new Promise((resolve) => {
      const wake = (): void => {
        callOff();
        this.#wakes.delete(wake);
        resolve(!this.stopped);
      };
      const callOff = later(left, wake);
      this.#wakes.add(wake);
    });
  }

  async take(active: 'until it leaves' | 'while it plays'): Promise<Player> {
    return this.#playerOf(await this.#options.pool.take(), active === 'until it leaves');
  }

  async add(): Promise<Player | undefined> {
    try {
      return this.#playerOf(await this.#options.pool.extra(), false);
    } catch (error) {
      this.#options.warn(`a further virtual user could not be made: ${String(error)}`);
      return undefined;
    }
  }

  drop(count: number): void {
    this.#options.records.dropped(count, this.#tags);
  }

  warn(message: string): void {
    this.#options.warn(`scenario ${this.name}: ${message}`);
  }

  #playerOf(user: VirtualUser, isActive: boolean): Player {
    if (isActive) this.active += 1;
    return {
      play: async (dueAt) => {
        if (!isActive) this.active += 1;
        await this.#play(user, dueAt);
        if (!isActive) this.active -= 1;
      },
      interrupt: () => user.interrupt(),
      leave: () => {
        if (isActive) this.active -= 1;
        this.#options.pool.give(user);
      },
    };
  }

  async #play(user: VirtualUser, dueAt: number | undefined): Promise<void> {
    const { scenario, settings, onError, breath } = this.#options;
    this.#busy.add(user);
    const { report, interrupted } = await user.iterate({
      exec: scenario.exec,
      scenario: {
        name: scenario.name,
        executor: scenario.executor,
        startTime: this.#startTime,
        tags: scenario.tags,
        env: scenario.env,
      },
      tags: this.#tags,
      data: this.#data,
      nextIteration: () => this.#iterations++,
      dueAt,
      endsAt: this.startedAt + scenario.schedule.endMs,
      minDurationMs: settings.minIterationDurationMs,
    });
    this.#busy.delete(user);
    this.#done += 1;
    if (report.error && !interrupted) onError(report.error);
    if (breath.isDue) await breath.take();
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }
}

/** The test's, the scenario's, and those that k6 puts there itself. */
function tagsOf(scenario: Scenario, { tags, systemTags }: Settings): Tags {
  return {
    ...tags,
    ...scenario.tags,
    ...(systemTags.includes('group') && { group: '' }),
    ...(systemTags.includes('scenario') && { scenario: scenario.name }),
  };
}
