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
  readonly #running = new Set<Promise<void>>();
  #members = 0;
  #iterations = 0;
  #startTime = 0;

  constructor(options: PlayersOptions) {
    this.#options = options;
  }

  get vus(): number {
    return this.#members;
  }

  /** How many iterations are being played. */
  get busy(): number {
    return this.#running.size;
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
    const left = moment - performance.now();
    if (left <= 0 || signal.aborted) return Promise.resolve(!signal.aborted);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve(!signal.aborted);
      };
      const timer = setTimeout(done, Math.max(1, Math.ceil(left)));
      signal.addEventListener('abort', done);
    });
  }

  start(dueAt: number): void {
    const free = this.#free.pop();
    if (!free && this.#members >= this.#options.scenario.schedule.maxVUs) {
      this.#options.metrics.dropped();
      return;
    }
    const running = this.#play(free ?? this.#create(), dueAt).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #play(idle: Member | Promise<Member>, dueAt: number): Promise<void> {
    const { scenario, metrics, onError } = this.#options;
    const iterationInTest = this.#iterations;
    this.#iterations += 1;
    const member = idle instanceof Promise ? await idle : idle;
    metrics.started(performance.now() - dueAt);
    member.visit.dueAt = dueAt;
    const iteration = member.iterations;
    const report = await member.vu.iterate({
      exec: scenario.exec,
      vu: member.vu.id,
      iteration,
      scenario: { name: scenario.name, executor: scenario.executor, startTime: this.#startTime, iterationInTest, iterationOfVu: iteration },
    });
    member.iterations += 1;
    metrics.iteration(report.checks);
    if (report.error) onError(report.error);
    this.#free.push(member);
  }

  async #create(): Promise<Member> {
    this.#members += 1;
    const visit: Visit = { dueAt: undefined };
    return { vu: await this.#options.createVu(visit), visit, iterations: 0 };
  }

  /** Waits for the running iterations, at most `ms`. */
  async #settled(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([Promise.allSettled(this.#running), late]);
    clearTimeout(timer);
  }
}
