import { k6ExitCodes, type LoadProgress } from '../engine.ts';
import { EarlyEnd, type Ending } from './ending.ts';
import type { Log } from './engine-log.ts';
import { HttpClient } from './http/index.ts';
import { ScenarioPlayers } from './players.ts';
import { describeScriptError, type ScriptPositions } from './positions.ts';
import type { ScriptError, ScriptFace } from './protocol.ts';
import { type Progress, Records } from './records.ts';
import type { Scenario } from './scenarios.ts';
import type { Settings } from './settings.ts';
import { type Outcome, SingleCalls } from './single-calls.ts';
import type { TestDoor, TestState } from './test-operations.ts';
import { Breath, later } from './timing.ts';
import { VirtualUser } from './virtual-user.ts';
import type { HostOperations, VuHost } from './vu-host.ts';
import { demandOf, VuPool } from './vu-pool.ts';

/** As in k6. */
const thresholdsEveryMs = 2000;
/** Iterations that run when the load is stopped may go on for this long. */
export const graceMs = 5000;

export interface LoadTestOptions {
  readonly face: ScriptFace;
  readonly settings: Settings;
  readonly host: VuHost;
  readonly positions: ScriptPositions;
  /** Operations that all virtual users share. */
  readonly shared: HostOperations;
  readonly log: Log;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** One script being played: `setup`, all scenarios, `teardown`. */
export class LoadTest {
  readonly records: Records;
  readonly #options: LoadTestOptions;
  readonly #http: HttpClient;
  readonly #pool: VuPool;
  readonly #players: readonly ScenarioPlayers[];
  readonly #single: SingleCalls;
  readonly #early = new EarlyEnd();
  readonly #door: TestDoor;
  #setupData: unknown;
  #startedAt = 0;
  #endedAt: number | undefined;
  #isMarkedAsFailed = false;
  #failure: Outcome | undefined;

  constructor(options: LoadTestOptions) {
    const { settings, face, positions } = options;
    this.#options = options;
    this.records = new Records(settings, face.metrics);
    this.#http = new HttpClient(settings);
    this.#door = this.#makeDoor();
    this.#single = new SingleCalls({ face, settings, positions, makeUser: () => this.#makeUser(0) });
    const needs = settings.scenarios.map(({ startTimeMs, schedule }) => ({ startTimeMs, needs: schedule.needs }));
    this.#pool = new VuPool(demandOf(needs), (id) => this.#makeUser(id));
    this.#players = this.#gatherPlayers();
    this.#early.listen(() => later(this.#early.ending?.graceMs ?? 0, () => this.#interrupt()));
  }

  /** How long the end may take from a stop on: running iterations, then `teardown` and `handleSummary`. */
  get stopWithinMs(): number {
    return graceMs + this.#single.endWithinMs;
  }

  /** Makes the virtual users that the scenarios want from the beginning. Throws a ScriptFailure. */
  async allocate(): Promise<void> {
    await this.#pool.fill(() => !this.#early.isSet);
  }

  /** Plays everything; resolves at its end. `onBegin` is called when the first iteration is due. */
  async play(onBegin: () => void): Promise<Outcome> {
    this.#startedAt = performance.now();
    const { settings } = this.#options;
    const timers = [setInterval(() => this.#measureVus(), 1000)];
    const hasThresholds = Object.keys(settings.thresholds).length > 0;
    if (hasThresholds) timers.push(setInterval(() => this.#watchThresholds(), thresholdsEveryMs));
    const outcome = await this.#playAll(onBegin);
    for (const timer of timers) clearInterval(timer);
    this.#endedAt = performance.now();
    this.#http.close();
    const { crossed } = this.records.store.evaluate(this.#durationMs, true);
    const ending = this.#early.ending;
    if (ending) return { ...outcome, code: ending.code, message: ending.message };
    if (outcome) return outcome;
    if (this.#isMarkedAsFailed) return { code: k6ExitCodes.markedAsFailed, message: 'test run was marked as failed' };
    if (crossed.length === 0) return { code: k6ExitCodes.passed };
    const message = `thresholds on metrics '${crossed.join(', ')}' have been crossed`;
    return { code: k6ExitCodes.thresholdsCrossed, message };
  }

  /** Ends the test before its time; the first reason counts. */
  end(ending: Ending): void {
    this.#early.set(ending);
  }

  /** What the script's `handleSummary` made of `data`; `returned` is undefined where there is none, or it threw. */
  async handleSummary(data: unknown): Promise<{ readonly returned?: unknown; readonly timedOut?: Outcome }> {
    const { result, outcome } = await this.#single.handleSummary(data);
    if (outcome?.code === k6ExitCodes.scriptException) this.#options.log('error', outcome.message ?? '');
    else if (outcome) return { timedOut: outcome };
    return { returned: result };
  }

  progress(terminal: Pick<Progress, 'isStdOutTTY' | 'isStdErrTTY' | 'noColor'>): Progress {
    return { durationMs: this.#durationMs, setupData: this.#setupData, ...terminal };
  }

  async #playAll(onBegin: () => void): Promise<Outcome | undefined> {
    if (!this.#early.isSet) {
      const { result, outcome } = await this.#single.setup();
      if (outcome) return outcome;
      this.#setupData = result;
    }
    onBegin();
    const begunAt = performance.now();
    const seconds = setInterval(() => this.#tellSecond(), 1000);
    await Promise.all(this.#players.map((players) => players.play(begunAt, this.#setupData)));
    clearInterval(seconds);
    this.#tellSecond();
    if (this.records.iterations.completed === 0 && !this.#early.isSet) {
      this.#options.log('warn', 'no iteration came to its end; let the test go on for longer');
    }
    const { outcome } = await this.#single.teardown(this.#setupData);
    // The reason of an early end is what is told of the test.
    if (outcome && this.#early.isSet) this.#options.log('error', outcome.message ?? '');
    return this.#failure ?? outcome;
  }

  /** An error ends its iteration, as in k6; what this engine cannot play ends the test. */
  #onError(error: ScriptError, { name, executor }: Scenario): void {
    if (error.name === 'NotPlayed') return this.#refuse(error);
    const text = describeScriptError(error, this.#options.positions);
    this.#options.log('error', text, { executor, scenario: name, source: 'stacktrace' });
  }

  #refuse(error: ScriptError): void {
    this.#failure ??= this.#single.thrown(error);
    this.#early.set({ code: this.#failure.code, message: this.#failure.message ?? '', graceMs: 0 });
  }

  #gatherPlayers(): readonly ScenarioPlayers[] {
    const { settings, log } = this.#options;
    const { records } = this;
    const breath = new Breath();
    const shared = { records, pool: this.#pool, early: this.#early, breath, settings };
    return settings.scenarios.map(
      (scenario) =>
        new ScenarioPlayers({
          ...shared,
          scenario,
          onError: (error) => this.#onError(error, scenario),
          warn: (message) => log('warn', message),
        }),
    );
  }

  #makeUser(id: number): Promise<VirtualUser> {
    const { host, shared } = this.#options;
    return VirtualUser.make(id, {
      records: this.records,
      door: this.#door,
      shared,
      createVu: (of, operations) => host.create(of, operations),
      http: (watch) => this.#http.forVu(watch),
    });
  }

  #makeDoor(): TestDoor {
    return {
      state: () => this.#state(),
      options: this.#options.settings.shown,
      progressOf: (scenario) => this.#players.find(({ name }) => name === scenario)?.progress ?? 0,
      abort: (message) => this.end({ code: k6ExitCodes.scriptAborted, message, graceMs: 0 }),
      fail: (message) => {
        this.#isMarkedAsFailed = true;
        this.#options.log('error', message);
      },
      refuse: (error) => this.#refuse(error),
      log: this.#options.log,
    };
  }

  #state(): TestState {
    return {
      currentTestRunDuration: this.#durationMs,
      iterationsCompleted: this.records.iterations.completed,
      iterationsInterrupted: this.records.iterations.interrupted,
      vusActive: this.#active,
      vusInitialized: this.#pool.size,
    };
  }

  get #active(): number {
    return this.#players.reduce((sum, players) => sum + players.active, 0);
  }

  get #durationMs(): number {
    return this.#startedAt === 0 ? 0 : (this.#endedAt ?? performance.now()) - this.#startedAt;
  }

  #interrupt(): void {
    this.#single.interrupt();
    for (const players of this.#players) players.interrupt();
  }

  #measureVus(): void {
    this.records.count('vus', this.#active, this.#options.settings.tags);
    this.records.count('vus_max', this.#pool.size, this.#options.settings.tags);
  }

  #watchThresholds(): void {
    const { crossed, abort } = this.records.store.evaluate(this.#durationMs, false);
    if (!abort) return;
    const message = `thresholds on metrics '${crossed.join(', ')}' were crossed; at least one has abortOnFail, so the test ends here`;
    this.end({ code: k6ExitCodes.thresholdsCrossed, message, graceMs: 0 });
  }

  #tellSecond(): void {
    this.#options.onProgress(this.records.meter.takeSecond(Date.now(), this.#active));
  }
}
