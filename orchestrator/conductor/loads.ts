import type { Window } from '../backends/backend.ts';
import { k6ExitCodes, type LoadEnd, type LoadProgress, type LoadRun } from '../load/engine.ts';
import type { LoadSpec, Show } from '../show/show.ts';
import type { RunEventBody } from './events.ts';
import { createLoadMeter } from './load-meter.ts';
import { told } from './told.ts';

/** The loads of a show, each of which plays in its acts. */
export interface Loads {
  /** Starts those that play from the beginning. Throws what keeps one from starting. */
  begin(): Promise<void>;
  /** What is to be done as an act begins: stops the loads that are over with it, and starts its own. Waits for neither. */
  enter(act: string): void;
  /** Requests that all loads together sent in a window. */
  requestsSent(window: Window): number;
  /** Whether a load could not play, or not to its end: what was seen without it proves nothing. */
  failed(): boolean;
  /** Stops those that play. */
  stop(): Promise<void>;
}

export interface LoadsOptions {
  readonly show: Pick<Show, 'load' | 'acts'>;
  readonly start: (spec: LoadSpec, wiring: LoadWiring) => Promise<LoadRun>;
  readonly emit: (body: RunEventBody) => void;
  /** The run's. */
  readonly signal: AbortSignal;
}

export interface LoadWiring {
  readonly onProgress: (progress: LoadProgress) => void;
  readonly signal: AbortSignal;
}

/** What each load is called: its profile; of a second one with the same profile, `shoppers (2)`. */
export function loadName(loads: readonly LoadSpec[], spec: LoadSpec): string {
  const before = loads.slice(0, loads.indexOf(spec)).filter(({ profile }) => profile === spec.profile).length;
  return before === 0 ? spec.profile : `${spec.profile} (${before + 1})`;
}

/** A load from when it is to play until it has stopped. */
interface Playing {
  readonly spec: LoadSpec;
  readonly name: string;
  /** Calls off a start. */
  readonly calledOff: AbortController;
  /** Settled once it has started, or could not. */
  readonly start: Promise<void>;
  run?: LoadRun;
  /** `start` is settled. */
  hasStarted: boolean;
  /** It has told of so many. */
  seconds: number;
  /** It is to stop: it has nothing to tell of its end then. */
  over: boolean;
  stop?: Promise<void>;
}

export function createLoads(options: LoadsOptions): Loads {
  return new LoadsOfShow(options);
}

class LoadsOfShow implements Loads {
  readonly #options: LoadsOptions;
  readonly #meter = createLoadMeter();
  readonly #playing = new Map<LoadSpec, Playing>();
  #failed = false;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { load, acts } = this.#options.show;
    const first = acts[0]?.name;
    for (const spec of load) if (spec.from === undefined || spec.from === first) await this.#play(spec).start;
  }

  enter(act: string): void {
    for (const load of this.#playing.values()) if (load.spec.until === act) void this.#stopBeside(load);
    for (const spec of this.#options.show.load) {
      if (spec.from === act && !this.#playing.has(spec)) void this.#playBeside(spec);
    }
  }

  requestsSent(window: Window): number {
    return this.#meter.requestsSent(window);
  }

  failed(): boolean {
    return this.#failed || [...this.#playing.values()].some(({ hasStarted }) => !hasStarted);
  }

  async stop(): Promise<void> {
    const ends = await Promise.allSettled([...this.#playing.values()].map((load) => this.#stop(load)));
    for (const one of ends) if (one.status === 'rejected') throw one.reason;
  }

  #play(spec: LoadSpec): Playing {
    const { show, start, emit, signal } = this.#options;
    const name = loadName(show.load, spec);
    const calledOff = new AbortController();
    const onProgress = (progress: LoadProgress): void => {
      load.seconds += 1;
      this.#meter.add(progress);
      emit({ type: 'load', profile: name, progress });
    };
    const begin = async (): Promise<void> => {
      const run = await start(spec, { onProgress, signal: AbortSignal.any([signal, calledOff.signal]) });
      load.run = run;
      emit({ type: 'load-started', profile: name, rate: spec.rate });
      void run.ended.then((end) => this.#tellEnd(load, end));
    };
    const load: Playing = {
      spec,
      name,
      calledOff,
      hasStarted: false,
      seconds: 0,
      over: false,
      start: begin().finally(() => (load.hasStarted = true)),
    };
    this.#playing.set(spec, load);
    return load;
  }

  async #playBeside(spec: LoadSpec): Promise<void> {
    const load = this.#play(spec);
    try {
      await load.start;
    } catch (error) {
      if (this.#options.signal.aborted || load.over) return;
      this.#failed = true;
      const { message, hint } = told(error);
      const because = `the load ${load.name} could not be started: ${message}`;
      this.#options.emit({ type: 'trouble', message: because, ...(hint !== undefined && { hint }) });
    }
  }

  /** An end that nobody has asked for. */
  #tellEnd({ spec, name, over, seconds }: Playing, end: LoadEnd): void {
    const { emit, signal } = this.#options;
    if (over || signal.aborted) return;
    const problem = problemOf(end);
    this.#failed ||= problem !== undefined;
    const isDone = spec.durationMs !== undefined && seconds * 1000 >= spec.durationMs - earlyMs;
    if (problem === undefined && isDone) return;
    const before = spec.durationMs === undefined ? 'the show' : 'its duration';
    emit({ type: 'trouble', message: `the load ${name} ended before ${before}: ${problem ?? howItEnded(end)}` });
  }

  async #stopBeside(load: Playing): Promise<void> {
    try {
      await this.#stop(load);
    } catch (error) {
      const message = `the load ${load.name} could not be stopped: ${told(error).message}`;
      this.#options.emit({ type: 'trouble', message });
    }
  }

  #stop(load: Playing): Promise<void> {
    return (load.stop ??= this.#end(load));
  }

  async #end(load: Playing): Promise<void> {
    // Only a run that has ended by itself has something to say here.
    const ended = load.run && (await Promise.race([load.run.ended, Promise.resolve(undefined)]));
    load.over = true;
    const neverBegan = !load.hasStarted && !this.#options.signal.aborted;
    if (!load.run) load.calledOff.abort();
    await load.start.catch(() => undefined); // told by who started it
    if (neverBegan) {
      this.#failed = true;
      const message = `the load ${load.name} had not begun when it was to stop: what was seen was seen without it`;
      this.#options.emit({ type: 'trouble', message });
    }
    const summary = await load.run?.stop();
    if (!summary) return;
    const error = ended?.error;
    this.#options.emit({ type: 'load-ended', profile: load.name, summary, ...(error !== undefined && { error }) });
  }
}

/** A load that tells of its last second late has played its whole duration all the same. Milliseconds. */
const earlyMs = 2000;

const howItEnded = ({ code }: LoadEnd): string =>
  code === k6ExitCodes.thresholdsCrossed ? 'a threshold of its script was crossed' : 'its script is over';

/** What was wrong with an end; a script that has come to its own is over, whether or not its thresholds were crossed. */
function problemOf({ code, error }: LoadEnd): string | undefined {
  if (error !== undefined) return error;
  const over: readonly number[] = [k6ExitCodes.passed, k6ExitCodes.thresholdsCrossed];
  return over.includes(code) ? undefined : `exit code ${code}`;
}
