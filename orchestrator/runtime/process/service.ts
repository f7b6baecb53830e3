import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import type { Crash, Release } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { drainMs, handOver } from './hand-over.ts';
import type { Layout } from './layout.ts';
import type { Reservation } from './ports.ts';
import { untilReady } from './readiness.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import { serviceEnvironment, type Surroundings } from './service-environment.ts';

/** Small heaps: the shop has eight of these processes, and each serves tens of requests a second. */
const heapArguments = ['--max-semi-space-size=2', '--max-old-space-size=96'];

export interface ServiceContext {
  readonly processes: RunProcesses;
  readonly layout: Layout;
  readonly surroundings: Surroundings;
  readonly networkApiUrl: string;
  /** Aborts whatever waits when the shop stops. */
  readonly signal: AbortSignal;
  readonly crashed: (crash: Crash) => void;
  readonly progress: (line: string) => void;
  /** Takes one of the run's restarts; false when they are used up. */
  readonly mayRestart: () => boolean;
}

/** One service of the running shop: whichever release it is, always at the same port. */
export class Service {
  readonly spec: ServiceSpec;
  readonly #port: number;
  readonly #context: ServiceContext;
  #release: Release;
  #instance: RunningProcess | undefined;
  /** Releases and restarts of one service happen one after the other. */
  #change: Promise<void> = Promise.resolve();
  #crashes = 0;

  constructor(spec: ServiceSpec, port: number, context: ServiceContext) {
    this.spec = spec;
    this.#port = port;
    this.#context = context;
    this.#release = { version: spec.version };
  }

  get version(): string {
    return this.#release.version;
  }

  get logFile(): string | undefined {
    return this.#instance?.logFile;
  }

  /** Starts the first release on its reserved port. */
  async start(reservation: Reservation): Promise<void> {
    try {
      this.#use(await this.#launch(this.#release));
    } finally {
      reservation.letGo();
    }
  }

  /** Replaces the instance: the new one is ready before the old one drains. On failure the old one stays. */
  release(release: Release): Promise<void> {
    return this.#inTurn(async () => {
      const old = this.#instance;
      const next = await this.#launch(release);
      this.#release = release;
      this.#use(next);
      if (old) await handOver(old, this.#port, this.#context.networkApiUrl, this.#context.progress);
    });
  }

  async #launch(release: Release): Promise<RunningProcess> {
    const { processes, layout, surroundings, signal } = this.#context;
    const { name, instrumented } = this.spec;
    const preloads = [layout.watchParent, ...(instrumented ? [layout.telemetry] : [])];
    const instance = processes.start({
      name,
      command: process.execPath,
      args: [...heapArguments, ...preloads.flatMap((file) => ['--require', file]), layout.service(name)],
      env: serviceEnvironment(this.spec, release, this.#port, surroundings),
      stop: 'TERM',
    });
    const expected = (body: string) => versionIn(body) === release.version;
    try {
      await untilReady(instance, { port: this.#port, path: '/healthz', expected, signal });
    } catch (error) {
      await instance.stop(drainMs);
      throw error;
    }
    return instance;
  }

  #use(instance: RunningProcess): void {
    this.#instance = instance;
    void this.#restartAfter(instance);
  }

  async #restartAfter(instance: RunningProcess): Promise<void> {
    const exit = await instance.ended;
    if (instance.stopping || instance !== this.#instance || this.#context.signal.aborted) return;
    this.#context.crashed({ process: this.spec.name, exit, logTail: await instance.logTail() });
    await this.#inTurn(() => this.#restart());
  }

  async #restart(): Promise<void> {
    const { signal, mayRestart, crashed } = this.#context;
    // A release that came first has replaced what crashed.
    while (!this.#instance?.running && !signal.aborted && mayRestart()) {
      this.#crashes += 1;
      try {
        await sleep(Math.min(2000, 100 * 2 ** this.#crashes), undefined, { signal });
        this.#use(await this.#launch(this.#release));
      } catch (error) {
        if (signal.aborted) return;
        const logTail = error instanceof ShowrunnerError ? error.logTail : [];
        crashed({ process: this.spec.name, exit: `not restarted: ${messageOf(error)}`, logTail });
      }
    }
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#change.then(change);
    this.#change = done.catch(() => undefined);
    return done;
  }
}

function versionIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { version?: unknown }).version;
  } catch {
    // Not our health answer: whoever it is, it is not the release waited for.
    return undefined;
  }
}
