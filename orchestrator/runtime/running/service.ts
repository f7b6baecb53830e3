import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import type { Crash, Release } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import type { Instance } from './instance.ts';
import type { Platform } from './platform.ts';

export interface ServiceContext {
  readonly platform: Pick<Platform, 'launch' | 'handOver'>;
  /** Aborts whatever waits when the shop stops. */
  readonly signal: AbortSignal;
  readonly crashed: (crash: Crash) => void;
  /** Takes one of the run's restarts; false when they are used up. */
  readonly mayRestart: () => boolean;
}

/** Whether an instance has ended is known a moment after requests to it begin to fail. Milliseconds. */
const noticedWithinMs = 500;
/** For a new instance that could not be made what was asked for; as long as one that drains may take (docs/architecture.md). */
const stopMs = 5000;

/** One service of the running shop: whichever release it is, always found in the same place. */
export class Service {
  readonly spec: ServiceSpec;
  readonly #context: ServiceContext;
  #release: Release;
  #instance: Instance | undefined;
  /** Killed on request, and to stay so. */
  #down = false;
  /** The limit asked for, of whichever instance runs. */
  #cores: number | undefined;
  /** Releases and restarts of one service happen one after the other. */
  #change: Promise<void> = Promise.resolve();
  #crashes = 0;

  constructor(spec: ServiceSpec, context: ServiceContext) {
    this.spec = spec;
    this.#context = context;
    this.#release = { version: spec.version };
  }

  get version(): string {
    return this.#release.version;
  }

  /** The one that answers, or that was the last to do so. */
  get instance(): Instance {
    if (this.#instance) return this.#instance;
    throw new Error(`${this.spec.name} has not been started`);
  }

  async start(): Promise<void> {
    this.#use(await this.#launch(this.#release));
  }

  /** Replaces the instance: the new one is ready before the old one drains. On failure the old one stays. */
  release(release: Release): Promise<void> {
    return this.#inTurn(async () => {
      const old = this.#instance;
      const next = await this.#launch(release);
      this.#release = release;
      this.#use(next);
      if (old) await this.#context.platform.handOver(old);
    });
  }

  /** Done as well when the instance has ended by itself; when it throws the service is not kept down. */
  kill(): Promise<void> {
    return this.#inTurn(() => this.#kill(this.instance));
  }

  revive(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#down) this.#use(await this.#launch(this.#release));
    });
  }

  /** Gives this instance and those that replace it so many cores at most; without a number as many as they start with. */
  limitCpu(cores?: number): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#cores;
      this.#cores = cores;
      try {
        await limit(this.instance, cores);
      } catch (error) {
        // A limit that could not be lifted is at least not passed on.
        if (cores !== undefined) this.#cores = before;
        throw error;
      }
    });
  }

  async #kill(instance: Instance): Promise<void> {
    this.#down = true;
    try {
      await instance.kill();
    } catch (error) {
      if (await hasEnded(instance)) return;
      this.#down = false;
      throw error;
    }
  }

  async #launch(release: Release): Promise<Instance> {
    const instance = await this.#context.platform.launch(this.spec, release, this.#context.signal);
    try {
      if (this.#cores !== undefined) await limit(instance, this.#cores);
    } catch (error) {
      await instance.stop(stopMs);
      throw error;
    }
    return instance;
  }

  #use(instance: Instance): void {
    this.#instance = instance;
    this.#down = false;
    void this.#restartAfter(instance);
  }

  async #restartAfter(instance: Instance): Promise<void> {
    const exit = await instance.ended;
    // Not `instance.stopping`: that stays after a kill that failed.
    const unasked = !this.#down && instance === this.#instance;
    if (!unasked || this.#context.signal.aborted) return;
    this.#context.crashed({ process: this.spec.name, exit, logTail: await instance.logTail() });
    await this.#inTurn(() => this.#restart());
  }

  async #restart(): Promise<void> {
    const { signal, mayRestart, crashed } = this.#context;
    // A release that came first has replaced what crashed.
    while (!this.#instance?.running && !this.#down && !signal.aborted && mayRestart()) {
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

/** Of an instance that has ended there is nothing to limit. */
async function limit(instance: Instance, cores?: number): Promise<void> {
  if (!instance.limitCpu) throw new Error('this runtime cannot limit the CPU of a service');
  if (!instance.running) return;
  try {
    await instance.limitCpu(cores);
  } catch (error) {
    if (!(await hasEnded(instance))) throw error;
  }
}

/** Of an instance that has just refused a request: whether that was because it has ended. */
async function hasEnded(instance: Instance): Promise<boolean> {
  await Promise.race([instance.ended, sleep(noticedWithinMs, undefined, { ref: false })]);
  return !instance.running;
}
