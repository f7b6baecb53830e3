import { availableParallelism } from 'node:os';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Crash, ProcessFootprint, Release, RunningShop, StartOptions } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { Gate } from './gate.ts';
import type { Instance } from './instance.ts';
import { linesSince } from './logs.ts';
import type { Network, Platform } from './platform.ts';
import { Service } from './service.ts';
import { stopOrder } from './stop-order.ts';

/** An instance that drains leaves within 4 s (docs/architecture.md); one second more, then it is killed. */
export const drainMs = 5000;

const maxRestarts = 20;
/** For all services together; each level of callers gets what the one before it left. */
const stopMs = 8000;

/** The shop, of whatever its platform makes of a database, a network proxy and services. */
export class PlatformShop implements RunningShop {
  readonly #options: StartOptions;
  readonly #platform: Platform;
  readonly #specs: readonly ServiceSpec[];
  readonly #services = new Map<string, Service>();
  readonly #stopping = new AbortController();
  readonly #crashHandlers: ((crash: Crash) => void)[] = [];
  readonly #lostHandlers: ((error: ShowrunnerError) => void)[] = [];
  readonly #stopHandlers: (() => void)[] = [];
  #network: Network | undefined;
  #restarts = 0;
  #stopped: Promise<readonly string[]> | undefined;

  constructor(options: StartOptions, platform: Platform) {
    this.#options = options;
    this.#platform = platform;
    this.#specs = Object.values(options.shop.services);
  }

  get url(): string {
    return this.#platform.url;
  }

  get database() {
    return { connectionString: this.#platform.connectionString };
  }

  get network(): Network {
    if (this.#network) return this.#network;
    throw new Error('the shop has no network before it is started');
  }

  /** Starts everything; `stop` ends it, and stops what was started when it throws. The run's own signal is the caller's to watch: an undo may need a release after it. */
  async start(): Promise<void> {
    await this.#platform.prepare();
    const database = this.#startDatabase();
    await Promise.all([database, this.#startServices(database)]);
  }

  release(service: string, release: Release): Promise<void> {
    return this.#service(service).release(release);
  }

  version(service: string): string {
    return this.#service(service).version;
  }

  pause(service: string): Promise<void> {
    return this.#service(service).instance.pause();
  }

  resume(service: string): Promise<void> {
    return this.#service(service).instance.resume();
  }

  kill(service: string): Promise<void> {
    return this.#service(service).kill();
  }

  revive(service: string): Promise<void> {
    return this.#service(service).revive();
  }

  async limitCpu(service: string, cores?: number): Promise<void> {
    await this.#service(service).limitCpu(cores);
  }

  look(service: string) {
    return this.#service(service).instance.look();
  }

  async logs(service: string, since: number): Promise<readonly string[]> {
    return linesSince(this.#service(service).instance.logFile, since);
  }

  onCrash(handler: (crash: Crash) => void): void {
    this.#crashHandlers.push(handler);
  }

  onLost(handler: (error: ShowrunnerError) => void): void {
    this.#lostHandlers.push(handler);
  }

  adopt(pid: number, name: string): void {
    this.#platform.adopt(pid, name);
  }

  footprint(): Promise<readonly ProcessFootprint[]> {
    return this.#platform.footprint();
  }

  stop(): Promise<readonly string[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Calls back when the shop begins to stop. */
  onStop(handler: () => void): void {
    this.#stopHandlers.push(handler);
  }

  /** What the platform calls when there is nothing left to run the shop on. */
  lost(error: ShowrunnerError): void {
    if (this.#stopping.signal.aborted) return;
    for (const handler of this.#lostHandlers) handler(error);
  }

  async #startDatabase(): Promise<void> {
    const from = performance.now();
    this.#watch(await this.#platform.startDatabase(this.#stopping.signal));
    this.#options.progress(`postgres ready after ${Math.round(performance.now() - from)} ms`);
  }

  async #startServices(database: Promise<void>): Promise<void> {
    const from = performance.now();
    const { progress } = this.#options;
    const { signal } = this.#stopping;
    this.#network = await this.#platform.startNetwork(signal);
    this.#watch(this.#network.instance);
    const context = {
      platform: this.#platform,
      signal,
      crashed: (crash: Crash) => this.#crashed(crash),
      mayRestart: () => ++this.#restarts <= maxRestarts,
    };
    // Seeding is one long chain of work: it keeps a core to itself, else the services that start meanwhile make it the last.
    const gate = new Gate(Math.max(1, availableParallelism() - 1));
    void database.then(
      () => gate.open(),
      () => gate.open(),
    );
    const starts = this.#specs.map(async (spec) => {
      const service = new Service(spec, context);
      this.#services.set(spec.name, service);
      // Nobody asks a service for anything before all are ready; only one without routes acts by itself, and needs its database then.
      if (spec.database && spec.routes.length === 0) await database;
      await gate.through(() => service.start());
      progress(`${spec.name} ready after ${Math.round(performance.now() - from)} ms`);
    });
    await Promise.all(starts);
  }

  async #stop(): Promise<readonly string[]> {
    const platform = this.#platform;
    this.#stopping.abort(new Error('the shop is stopping'));
    for (const handler of this.#stopHandlers) handler();
    platform.close();
    const deadline = performance.now() + stopMs;
    // Whatever cannot be stopped is removed at the end, or said to be left.
    const all = (names: readonly string[], patienceMs: number) =>
      Promise.allSettled(
        platform.instances.filter(({ name }) => names.includes(name)).map((each) => each.stop(patienceMs)),
      );
    for (const level of stopOrder(this.#specs)) {
      await all(level, Math.max(100, Math.min(drainMs, deadline - performance.now())));
    }
    await Promise.allSettled(platform.instances.map((each) => each.stop(1000)));
    return platform.remove();
  }

  /** Reports the end of an instance that is not started again. */
  #watch(instance: Instance): void {
    const report = async () => {
      const exit = await instance.ended;
      if (instance.stopping || this.#stopping.signal.aborted) return;
      this.#crashed({ process: instance.name, exit, logTail: await instance.logTail() });
    };
    void report();
  }

  #crashed(crash: Crash): void {
    for (const handler of this.#crashHandlers) handler(crash);
  }

  #service(name: string): Service {
    const service = this.#services.get(name);
    if (service) return service;
    throw new ShowrunnerError('unknown-service', `the shop has no service ${name}`, { exitCode: exitCodes.usage });
  }
}
