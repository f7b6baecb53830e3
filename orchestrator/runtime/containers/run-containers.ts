import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShowrunnerError } from '../../errors.ts';
import { processFailure, startFailure } from '../running/failures.ts';
import { tailOf } from '../running/logs.ts';
import { type Birth, type ContainerSpec, readyWithinMs, ShopContainer } from './container.ts';
import type { Engine } from './engine.ts';
import { labelsOf } from './labels.ts';
import { refusal } from './refusals.ts';
import { type RunningContainer, runningContainer } from './running-container.ts';
import { sweepRun } from './sweep.ts';

/** How long a container may still be on its way to being created. */
const settleMs = 3000;

export type PartSpec = Omit<ContainerSpec, 'name' | 'network' | 'labels'>;

/** The containers of one run, on a network of their own. */
export class RunContainers {
  readonly engine: Engine;
  readonly #runId: string;
  readonly #logDir: string;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #running = new Set<RunningContainer>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #made = new Map<string, number>();
  #closed = false;

  constructor(engine: Engine, runId: string, runDir: string) {
    this.engine = engine;
    this.#runId = runId;
    this.#logDir = join(runDir, 'logs');
    this.#labels = labelsOf(runId);
  }

  /** Those that are running, oldest first. */
  get running(): readonly RunningContainer[] {
    return [...this.#running];
  }

  /** The network's name, and what others of the run are called after. */
  get network(): string {
    return `showrunner-${this.#runId}`;
  }

  /**
   * A network of the run's own. Without masquerading nothing that a container sends to the world comes back: it talks to its like, and to
   * this machine.
   */
  async createNetwork(): Promise<void> {
    await this.#asked(
      this.engine.docker.createNetwork({
        Name: this.network,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: { ...this.#labels },
        Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
      }),
      `the network ${this.network}`,
    );
  }

  /** A volume of the run's own; mounted where an image has files, it begins with them. */
  async createVolume(name: string): Promise<string> {
    const volume = `${this.network}-${name}`;
    await this.#asked(
      this.engine.docker.createVolume({ Name: volume, Labels: { ...this.#labels } }),
      `the volume ${volume}`,
    );
    return volume;
  }

  /** Starts a container and waits until it is ready. Throws a ShowrunnerError (exit code 3) with its log when it ends before, or does not get there. */
  async start(part: PartSpec): Promise<RunningContainer> {
    if (this.#closed) throw new Error(`${part.part} is not started: the run is stopping`);
    const starting = this.#start(part);
    this.#starting.add(starting);
    const forget = () => this.#starting.delete(starting);
    starting.then(forget, forget);
    return starting;
  }

  /** Nothing is started from now on. */
  close(): void {
    this.#closed = true;
  }

  /** Removes everything of the run from the engine; returns what could not be removed. */
  async remove(): Promise<readonly string[]> {
    // One that is only waited for will never be ready now, and can be removed all the same.
    await Promise.race([Promise.allSettled(this.#starting), sleep(settleMs, undefined, { ref: false })]);
    const { left } = await sweepRun(this.engine, this.#runId);
    // What the engine is still making may come after that look: it is the guard's to wait for.
    return this.#starting.size > 0 ? [...left, 'a container that was still being made'] : left;
  }

  async #start(part: PartSpec): Promise<RunningContainer> {
    const name = this.#nameOf(part.part);
    const logFile = join(this.#logDir, `${part.part}.log`);
    const spec: ContainerSpec = { ...part, name, network: this.network, labels: this.#labels };
    let birth: Birth | undefined;
    const onBirth = (born: Birth) => {
      if (this.#closed) throw new Error(`${part.part} is not started: the run is stopping`);
      birth = born;
    };
    const from = performance.now();
    try {
      const started = await this.#asked(
        new ShopContainer(this.engine, spec, { logFile, onBirth }).start(),
        `the container ${name}`,
      );
      if (!birth) throw new Error('it was started without being created');
      const container = runningContainer(this.engine, started, birth, { name: part.part, logFile });
      this.#running.add(container);
      void container.ended.then(() => this.#running.delete(container));
      return container;
    } catch (error) {
      if (error instanceof ShowrunnerError || !birth) throw error;
      throw await this.#failed(error, birth, { part: part.part, logFile, tookMs: performance.now() - from });
    }
  }

  /** The first of its part has the plain name, its successors a number. */
  #nameOf(part: string): string {
    const count = (this.#made.get(part) ?? 0) + 1;
    this.#made.set(part, count);
    return `${this.network}-${part}${count > 1 ? `-${count}` : ''}`;
  }

  /** Why a container did not get ready, by its end and its log. */
  async #failed(
    cause: unknown,
    { ended, logged, docker }: Birth,
    { part, logFile, tookMs }: { readonly part: string; readonly logFile: string; readonly tookMs: number },
  ): Promise<ShowrunnerError> {
    const isLate = tookMs >= readyWithinMs;
    const wasStarted = await docker.inspect().then(
      ({ State }) => State.Status !== 'created',
      // What did not get ready has been removed by now.
      () => true,
    );
    if (!wasStarted) return startFailure(cause);
    const exit = await ended;
    await logged;
    const instance = { name: part, logFile, logTail: () => tailOf(logFile) };
    return processFailure(
      instance,
      isLate ? `was not ready after ${readyWithinMs / 1000} s` : `ended at its start with ${exit}`,
    );
  }

  /** What the engine refuses, in words for the user. */
  async #asked<T>(asked: Promise<T>, what: string): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw refusal(error, what);
    }
  }
}
