import type { HttpWatch, VuHttp } from './http/index.ts';
import type { Sample, Tags } from './metrics/samples.ts';
import type { CallReport, FunctionCall, ScenarioOfCall } from './protocol.ts';
import type { Records } from './records.ts';
import { initOperations, testOperations, type TestDoor } from './test-operations.ts';
import type { HostOperations, Vu } from './vu-host.ts';

/** An iteration that ends by itself in the very moment of its interruption has ended by itself. */
const lateMs = 100;

/** What a virtual user needs of the test that it is part of. */
export interface UserContext {
  readonly records: Records;
  readonly door: TestDoor;
  /** Operations that all virtual users share. */
  readonly shared: HostOperations;
  createVu(id: number, operations: HostOperations): Promise<Vu>;
  http(watch: HttpWatch): VuHttp;
}

/** An iteration, as it is asked for. */
export interface Visit {
  readonly exec: string;
  readonly scenario: Omit<ScenarioOfCall, 'iterationInTest' | 'iterationOfVu'>;
  /** Tags of its samples where the script says nothing else. */
  readonly tags: Tags;
  readonly data: unknown;
  /** Counts the iterations of the scenario. */
  readonly nextIteration: () => number;
  /** When it should have begun, in milliseconds of `performance.now()`; undefined where it begins as soon as the last one is over. */
  readonly dueAt: number | undefined;
  readonly minDurationMs: number;
  /** By then it should have been interrupted; one that computes on and on hears it too late. */
  readonly endsAt: number;
}

/** How a call of a function ended. */
export interface CallEnd {
  readonly report: CallReport;
  /** It was cut off from outside. */
  readonly interrupted: boolean;
}

/** One copy of the script, and what it has played so far. */
export class VirtualUser {
  readonly id: number;
  readonly #context: UserContext;
  readonly #iterations = new Map<string, number>();
  #vu!: Vu;
  #http!: VuHttp;
  #iteration = 0;
  /** Until the first request of an iteration is counted: from then, so that a late start shows in its latency. */
  #dueAt: number | undefined;
  #tags: Tags = {};
  /** One for all calls, until it was used. */
  #cut = new AbortController();
  #isMade = false;
  #isCalled = false;
  #abortedTest = false;
  #wakeFromPause: () => void = () => undefined;

  private constructor(id: number, context: UserContext) {
    this.id = id;
    this.#context = context;
  }

  /** Evaluates the script; throws a ScriptFailure. */
  static async make(id: number, context: UserContext): Promise<VirtualUser> {
    const user = new VirtualUser(id, context);
    user.#http = context.http(user.#watch());
    const { door } = context;
    const test = testOperations(door, () => user.#endItself());
    const abort = { made: test['test.abort'], init: initOperations(door.options, door)['test.abort'] };
    const operations = {
      ...context.shared,
      ...user.#http.operations,
      ...test,
      'test.samples': (samples: readonly Sample[]) => context.records.add(samples, user.#tags),
      'test.abort': (message: never) => (user.#isMade ? abort.made : abort.init)?.(message),
    };
    user.#vu = await context.createVu(id, operations);
    user.#isMade = true;
    for (const metric of user.#vu.face.metrics) context.records.store.declare(metric);
    return user;
  }

  /** Plays one iteration and counts it; what the script threw is in the report. */
  async iterate(visit: Visit): Promise<CallEnd> {
    const { records } = this.#context;
    const name = visit.scenario.name;
    const iterationOfVu = this.#iterations.get(name) ?? 0;
    this.#iterations.set(name, iterationOfVu + 1);
    this.#dueAt = visit.dueAt;
    const begun = performance.now();
    if (visit.dueAt !== undefined) records.meter.started(begun - visit.dueAt);
    const end = await this.call(
      {
        exec: visit.exec,
        ...(visit.data !== undefined && { data: visit.data }),
        vu: { idInTest: this.id, idInInstance: this.id },
        iteration: this.#iteration++,
        scenario: { ...visit.scenario, iterationInTest: visit.nextIteration(), iterationOfVu },
      },
      visit.tags,
    );
    const { report } = end;
    const interrupted = end.interrupted || performance.now() > visit.endsAt + lateMs;
    records.iterations[interrupted ? 'interrupted' : 'completed'] += 1;
    // As in k6 the iteration that aborts the test has metrics all the same.
    if (interrupted && !this.#abortedTest) return { report, interrupted };
    const took = performance.now() - begun;
    const tags = report.tags ? { ...visit.tags, ...report.tags } : visit.tags;
    records.count('iteration_duration', took, tags);
    records.count('iterations', 1, tags);
    records.meter.iteration();
    if (!interrupted && took < visit.minDurationMs) await this.#pause(visit.minDurationMs - took);
    return end;
  }

  /** Calls an exported function; its samples, and the data that it sent and received, are counted with `tags`. */
  async call(call: FunctionCall, tags: Tags): Promise<CallEnd> {
    const { records } = this.#context;
    if (this.#cut.signal.aborted) this.#cut = new AbortController();
    const { signal } = this.#cut;
    this.#isCalled = true;
    this.#tags = tags;
    this.#http.begin(signal);
    const report = await this.#vu.call(call);
    const { sent, received } = this.#http.end();
    this.#isCalled = false;
    records.add(report.samples, tags);
    const own = report.tags ? { ...tags, ...report.tags } : tags;
    records.count('data_sent', sent, own);
    records.count('data_received', received, own);
    return { report, interrupted: signal.aborted };
  }

  /** Lets the running call end now. */
  interrupt(): void {
    if (this.#isCalled) this.#cut.abort();
    this.#vu.interrupt();
    this.#wakeFromPause();
  }

  #endItself(): void {
    this.#abortedTest = true;
    this.interrupt();
  }

  dispose(): void {
    this.#vu.dispose();
  }

  #watch(): HttpWatch {
    const { records } = this.#context;
    return {
      emit: (samples) => records.add(samples, this.#tags),
      answered: ({ startedAt, endedAt, failed }) => {
        records.meter.request(endedAt - (this.#dueAt ?? startedAt), failed);
        this.#dueAt = undefined;
      },
    };
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeFromPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
