import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Crash, ProcessFootprint, Release, RunningShop, StartOptions } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { startDatabase } from './database.ts';
import { footprintOf } from './footprint.ts';
import type { Layout } from './layout.ts';
import { drainMs } from './hand-over.ts';
import { Gate } from './gate.ts';
import { linesSince } from './logs.ts';
import { databaseName, startNetwork } from './network.ts';
import { connectionString } from './postgres.ts';
import { freePort, type Reservation, reservePort } from './ports.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import type { RunState } from './run-state.ts';
import { Service } from './service.ts';
import { stopOrder } from './stop-order.ts';

const frontDoor = 'storefront';
const maxRestarts = 10;
/** For all services together; each level of callers gets what the one before it left. */
const stopMs = 8000;

export interface Run {
  readonly layout: Layout;
  readonly state: RunState;
  readonly processes: RunProcesses;
}

/** The shop as child processes of this one. */
export class ProcessShop implements RunningShop {
  readonly #options: StartOptions;
  readonly #run: Run;
  readonly #specs: readonly ServiceSpec[];
  readonly #services = new Map<string, Service>();
  readonly #ports = new Map<string, number>();
  readonly #stopping = new AbortController();
  readonly #crashHandlers: ((crash: Crash) => void)[] = [];
  #apiUrl = '';
  #restarts = 0;
  #stopped: Promise<readonly string[]> | undefined;

  constructor(options: StartOptions, run: Run) {
    this.#options = options;
    this.#run = run;
    this.#specs = Object.values(options.shop.services);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.get(frontDoor)}`;
  }

  get database() {
    return { connectionString: connectionString(this.#ports.get(databaseName) ?? 0) };
  }

  get network() {
    return { apiUrl: this.#apiUrl };
  }

  /** Starts everything; `stop` ends it, and stops what was started when it throws. The run's own signal is the caller's to watch: an undo may need a release after it. */
  async start(): Promise<void> {
    const reservations = await this.#reservePorts();
    try {
      const database = this.#startDatabase();
      await Promise.all([database, this.#startServices(reservations, database)]);
    } finally {
      for (const reservation of reservations.values()) reservation.letGo();
    }
  }

  release(service: string, release: Release): Promise<void> {
    return this.#service(service).release(release);
  }

  version(service: string): string {
    return this.#service(service).version;
  }

  async logs(service: string, since: number): Promise<readonly string[]> {
    const { logFile } = this.#service(service);
    return logFile ? linesSince(logFile, since) : [];
  }

  onCrash(handler: (crash: Crash) => void): void {
    this.#crashHandlers.push(handler);
  }

  adopt(pid: number, name: string): void {
    this.#run.processes.adopt(pid, name);
  }

  footprint(): Promise<readonly ProcessFootprint[]> {
    return footprintOf(this.#run.processes.names);
  }

  stop(): Promise<readonly string[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #reservePorts(): Promise<Map<string, Reservation>> {
    const entries = this.#specs.map(async ({ name }): Promise<[string, Reservation]> => [name, await reservePort()]);
    const reservations = new Map(await Promise.all(entries));
    for (const [name, { port }] of reservations) this.#ports.set(name, port);
    this.#ports.set(databaseName, await freePort());
    return reservations;
  }

  async #startDatabase(): Promise<void> {
    const from = performance.now();
    const { state, processes, layout } = this.#run;
    const { cacheDir, seed, progress } = this.#options;
    const port = this.#ports.get(databaseName) ?? 0;
    const { signal } = this.#stopping;
    const postgres = await startDatabase({
      state,
      processes,
      port,
      schemaDir: layout.schemaDir,
      cacheDir,
      seed,
      signal,
      progress,
    });
    this.#watch(postgres);
    progress(`postgres ready after ${Math.round(performance.now() - from)} ms`);
  }

  async #startServices(reservations: ReadonlyMap<string, Reservation>, database: Promise<void>): Promise<void> {
    const from = performance.now();
    const { processes, layout } = this.#run;
    const { progress, shop: _shop, ...options } = this.#options;
    const { signal } = this.#stopping;
    const network = await startNetwork({ processes, layout, services: this.#specs, ports: this.#ports, signal });
    this.#watch(network.process);
    this.#apiUrl = network.apiUrl;
    const context = {
      processes,
      layout,
      networkApiUrl: network.apiUrl,
      surroundings: { options, links: network.links },
      signal,
      progress,
      crashed: (crash: Crash) => this.#crashed(crash),
      mayRestart: () => ++this.#restarts <= maxRestarts,
    };
    // Seeding is one long chain of work: it keeps a core to itself, else the services that start meanwhile make it the last.
    const gate = new Gate(Math.max(1, availableParallelism() - 1));
    void database.then(
      () => gate.open(),
      () => gate.open(),
    );
    const starts = [...reservations].map(async ([name, reservation]) => {
      const spec = this.#options.shop.services[name] as ServiceSpec;
      const service = new Service(spec, reservation.port, context);
      this.#services.set(name, service);
      // Nobody asks a service for anything before all are ready; only one without routes acts by itself, and needs its database then.
      if (spec.database && spec.routes.length === 0) await database;
      await gate.through(() => service.start(reservation));
      progress(`${name} ready after ${Math.round(performance.now() - from)} ms`);
    });
    await Promise.all(starts);
  }

  async #stop(): Promise<readonly string[]> {
    const { processes, state } = this.#run;
    this.#stopping.abort(new Error('the shop is stopping'));
    processes.close();
    const deadline = performance.now() + stopMs;
    const all = (names: readonly string[], patienceMs: number) =>
      Promise.all(processes.running.filter(({ name }) => names.includes(name)).map((each) => each.stop(patienceMs)));
    for (const level of stopOrder(this.#specs)) {
      await all(level, Math.max(100, Math.min(drainMs, deadline - performance.now())));
    }
    await Promise.all(processes.running.map((each) => each.stop(1000)));
    const left = processes.running.map(({ name, pid }) => `process ${name} (${pid})`);
    await processes.release();
    return existsSync(state.dir) ? [...left, `folder ${state.dir}`] : left;
  }

  /** Reports the end of a process that is not started again. */
  #watch(process: RunningProcess): void {
    const report = async () => {
      const exit = await process.ended;
      if (process.stopping || this.#stopping.signal.aborted) return;
      this.#crashed({ process: process.name, exit, logTail: await process.logTail() });
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
