import type { Players } from './executors/executor.ts';
import type { LoadMetrics } from './metrics.ts';
import type { Vu } from './vu-host.ts';
import type { Scenario } from './scenarios.ts';
import type { ScriptError } from './protocol.ts';

export interface PlayersOptions {
  readonly scenario: Scenario;
  readonly metrics: LoadMetrics;
  /** Makes a virtual user that is nobody's yet. */
  readonly createVu: (visit: Visit) => Promise<Vu>;
  readonly onError: (error: ScriptError) => void;
  readonly signal: AbortSignal;
}

/** What a virtual user is doing now. */
export interface Visit {
  /** When the iteration was due, until its first request is counted: from then, so that a late start shows in the latency. */
  dueAt: number | undefined;
}

interface Member {
  readonly vu: Vu;
  readonly visit: Visit;
  iterations: number;
}

/** The virtual users of one scenario: free ones, busy ones, and how many more there may be. */
export class ScenarioPlayers implements Players {
  startedAt = 0;
  readonly #options: PlayersOptions;
  readonly #free: Member[] = [];
  /** Due times of iterations for which no virtual user is free yet. */
  readonly #waiting: number[] = [];
  #running = 0;
  #creating = false;
  #onIdle = (): void => undefined;
  #members = 0;
  #iterations = 0;
  #startTime = 0;

  constructor(options: PlayersOptions) {
    this.#options = options;
  }

  get vus(): number {
    return this.#members;
  }

  /** How many iterations are being played, or wait for a virtual user that is being made. */
  get busy(): number {
    return this.#running + this.#waiting.length;
  }

  async allocate(): Promise<void> {
    const { preAllocatedVUs } = this.#options.scenario.schedule;
    while (this.#members < preAllocatedVUs) this.#free.push(await this.#create());
  }

  /** Plays the scenario to its end; afterwards running iterations have had their graceful stop. */
  async play(begunAt: number): Promise<void> {
    const { schedule, startTimeMs, gracefulStopMs } = this.#options.scenario;
    this.startedAt = begunAt + startTimeMs;
    this.#startTime = Date.now() + this.startedAt - performance.now();
    if (await this.until(this.startedAt)) await schedule.run(this);
    await this.#settled(gracefulStopMs);
  }

  until(moment: number): Promise<boolean> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve(!signal.aborted);
      };
      const left = moment - performance.now();
      const timer = left > 0 ? setTimeout(done, Math.ceil(left)) : undefined;
      // Also where it is late: answers, a stop and the end of the parent must be heard in between.
      if (!timer) setImmediate(done);
      signal.addEventListener('abort', done);
    });
  }

  start(dueAt: number): void {
    if (this.busy >= this.#options.scenario.schedule.maxVUs) {
      this.#options.metrics.dropped();
      return;
    }
    this.#waiting.push(dueAt);
    this.#serve();
  }

  /**
   * Gives waiting iterations to free virtual users. A further one takes about 10 ms of the thread that all share, so they are made one by one,
   * and what waits goes to whoever is free first.
   */
  #serve(): void {
    for (let member = this.#free.pop(); member; member = this.#free.pop()) {
      const dueAt = this.#waiting.shift();
      if (dueAt === undefined) {
        this.#free.push(member);
        break;
      }
      this.#running += 1;
      void this.#play(member, dueAt);
    }
    if (this.busy === 0) this.#onIdle();
    if (this.#waiting.length === 0 || this.#creating || this.#members >= this.#options.scenario.schedule.maxVUs) return;
    void this.#add();
  }

  async #add(): Promise<void> {
    this.#creating = true;
    this.#free.push(await this.#create());
    this.#creating = false;
    this.#serve();
  }

  async #play(member: Member, dueAt: number): Promise<void> {
    const { scenario, metrics, onError } = this.#options;
    metrics.started(performance.now() - dueAt);
    member.visit.dueAt = dueAt;
    const report = await member.vu.iterate({
      exec: scenario.exec,
      vu: member.vu.id,
      iteration: member.iterations,
      scenario: {
        name: scenario.name,
        executor: scenario.executor,
        startTime: this.#startTime,
        iterationInTest: this.#iterations++,
        iterationOfVu: member.iterations,
      },
    });
    member.iterations += 1;
    metrics.iteration(report.checks);
    if (report.error) onError(report.error);
    this.#running -= 1;
    this.#free.push(member);
    this.#serve();
  }

  async #create(): Promise<Member> {
    this.#members += 1;
    const visit: Visit = { dueAt: undefined };
    return { vu: await this.#options.createVu(visit), visit, iterations: 0 };
  }

  /** Waits for the running iterations, at most `ms`. Those that wait for a virtual user are dropped where the players were stopped. */
  async #settled(ms: number): Promise<void> {
    if (this.#options.signal.aborted) for (const _ of this.#waiting.splice(0)) this.#options.metrics.dropped();
    if (this.busy === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}
