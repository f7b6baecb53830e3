import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadProgress, LoadSummary } from '../engine.ts';
import { otherEngines } from './advice.ts';
import { HttpClient } from './http-client.ts';
import { LoadMetrics } from './metrics.ts';
import { ScenarioPlayers, type Visit } from './players.ts';
import { describeScriptError, type ScriptPositions } from './positions.ts';
import type { LogLevel, ScriptError } from './protocol.ts';
import type { Settings } from './scenarios.ts';
import type { Vu, VuHost } from './vu-host.ts';

/** Iterations that run when the load is stopped may go on for this long. */
const stopWithinMs = 5000;
/** Different errors of iterations that are logged; more would only repeat. */
const loggedErrors = 100;

export interface LoadTestOptions {
  readonly settings: Settings;
  readonly host: VuHost;
  readonly positions: ScriptPositions;
  readonly log: (level: LogLevel, message: string) => void;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** One script being played: all its scenarios, their virtual users and what they measured. */
export class LoadTest {
  readonly #options: LoadTestOptions;
  readonly #metrics = new LoadMetrics();
  readonly #http: HttpClient;
  readonly #players: readonly ScenarioPlayers[];
  readonly #stop = new AbortController();
  readonly #errors = new Set<string>();
  #vus = 0;
  #failure: string | undefined;

  constructor(options: LoadTestOptions) {
    this.#options = options;
    this.#http = new HttpClient(options.settings.userAgent);
    this.#players = options.settings.scenarios.map(
      (scenario) =>
        new ScenarioPlayers({
          scenario,
          metrics: this.#metrics,
          createVu: (visit) => this.#createVu(visit),
          onError: (error) => this.#onError(error),
          signal: this.#stop.signal,
        }),
    );
  }

  get summary(): LoadSummary {
    return this.#metrics.summary();
  }

  /** Makes the virtual users that the scenarios want from the beginning. */
  async allocate(): Promise<void> {
    for (const players of this.#players) await players.allocate();
  }

  /** Resolves when every scenario is at its end, or `stop` was called; with what went wrong, if anything did. */
  async play(): Promise<string | undefined> {
    const begunAt = performance.now();
    const seconds = setInterval(() => this.#tellSecond(), 1000);
    const ended = Promise.all(this.#players.map((players) => players.play(begunAt)));
    await Promise.race([ended, this.#overdue()]);
    clearInterval(seconds);
    this.#tellSecond();
    const busy = this.#players.reduce((sum, players) => sum + players.busy, 0);
    if (busy > 0) this.#options.log('warn', `${busy} iterations were still running and are not counted`);
    return this.#failure;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #overdue(): Promise<void> {
    const { signal } = this.#stop;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await sleep(stopWithinMs, undefined, { ref: false });
  }

  #createVu(visit: Visit): Promise<Vu> {
    this.#vus += 1;
    return this.#options.host.create(this.#vus, {
      http: (request) =>
        this.#http.send(request, ({ startedAt, endedAt, failed }) => {
          this.#metrics.request(endedAt - (visit.dueAt ?? startedAt), failed);
          visit.dueAt = undefined;
        }),
      sleep: (ms) => sleep(ms),
      log: this.#options.log,
    });
  }

  /** An error ends its iteration, as in k6; what this engine cannot play ends the run. */
  #onError(error: ScriptError): void {
    const text = describeScriptError(error, this.#options.positions);
    if (error.name === 'NotPlayed') {
      this.#failure ??= `${text}; ${otherEngines}`;
      this.#stop.abort();
    }
    if (this.#errors.has(text) || this.#errors.size >= loggedErrors) return;
    this.#errors.add(text);
    this.#options.log('error', text);
  }

  #tellSecond(): void {
    const vus = this.#players.reduce((sum, players) => sum + players.vus, 0);
    this.#options.onProgress(this.#metrics.takeSecond(Date.now(), vus));
  }
}
