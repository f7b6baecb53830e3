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

/** One service of the running shop: whichever release it is, always found in the same place. */
export class Service {
  readonly spec: ServiceSpec;
  readonly #context: ServiceContext;
  #release: Release;
  #instance: Instance | undefined;
  /** Killed on request, and to stay so. */
  #down = false;
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

  kill(): Promise<void> {
    return this.#inTurn(async () => {
      this.#down = true;
      await this.instance.kill();
    });
  }

  revive(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#down) this.#use(await this.#launch(this.#release));
    });
  }

  #launch(release: Release): Promise<Instance> {
    return this.#context.platform.launch(this.spec, release, this.#context.signal);
  }

  #use(instance: Instance): void {
    this.#instance = instance;
    this.#down = false;
    void this.#restartAfter(instance);
  }

  async #restartAfter(instance: Instance): Promise<void> {
    const exit = await instance.ended;
    const unasked = () => !this.#down && !instance.stopping && instance === this.#instance;
    if (!unasked() || this.#context.signal.aborted) return;
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
