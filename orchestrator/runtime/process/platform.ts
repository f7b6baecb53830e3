import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '../running/instance.ts';
import { databaseName, frontDoor, type Network, type Platform } from '../running/platform.ts';
import { connectionString } from '../running/postgres-settings.ts';
import { drainMs } from '../running/running-shop.ts';
import { serviceEnvironment } from '../running/service-environment.ts';
import type { ProcessFootprint, Release, StartOptions } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { startDatabase } from './database.ts';
import { footprintOf } from './footprint.ts';
import { handOver } from './hand-over.ts';
import type { Layout } from './layout.ts';
import { type ProcessNetwork, startNetwork } from './network.ts';
import { freePort, type Reservation, reservePort } from './ports.ts';
import { untilReady } from './readiness.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';
import type { RunState } from './run-state.ts';

/** Small heaps: the shop has eight of these processes, and each serves tens of requests a second. */
const heapArguments = ['--max-semi-space-size=2', '--max-old-space-size=96'];

/** What of the user's environment a service may see: nothing that would change how it runs or where it reports to. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];

export interface Run {
  readonly layout: Layout;
  readonly state: RunState;
  readonly processes: RunProcesses;
}

/** The parts of a shop as child processes of this one. */
export class ProcessPlatform implements Platform {
  readonly #options: StartOptions;
  readonly #run: Run;
  readonly #ports = new Map<string, number>();
  readonly #reservations = new Map<string, Reservation>();
  #network: ProcessNetwork | undefined;

  constructor(options: StartOptions, run: Run) {
    this.#options = options;
    this.#run = run;
  }

  get instances(): readonly RunningProcess[] {
    return this.#run.processes.running;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port(frontDoor)}`;
  }

  get connectionString(): string {
    return connectionString(this.#port(databaseName));
  }

  /** A port for everything, known before anything needs it. */
  async prepare(): Promise<void> {
    await Promise.all(
      Object.keys(this.#options.shop.services).map(async (name) => {
        const reservation = await reservePort();
        this.#reservations.set(name, reservation);
        this.#ports.set(name, reservation.port);
      }),
    );
    this.#ports.set(databaseName, await freePort());
  }

  startDatabase(signal: AbortSignal): Promise<Instance> {
    const { state, processes, layout } = this.#run;
    const { cacheDir, seed, progress } = this.#options;
    const { schemaDir } = layout;
    const port = this.#port(databaseName);
    return startDatabase({ state, processes, port, schemaDir, cacheDir, seed, signal, progress });
  }

  async startNetwork(signal: AbortSignal): Promise<Network> {
    const { processes, layout } = this.#run;
    const services = Object.values(this.#options.shop.services);
    this.#network = await startNetwork({ processes, layout, services, ports: this.#ports, signal });
    return this.#network;
  }

  async launch(spec: ServiceSpec, release: Release, signal: AbortSignal): Promise<Instance> {
    const { processes, layout } = this.#run;
    const { name, instrumented } = spec;
    const port = this.#port(name);
    const preloads = [layout.watchParent, ...(instrumented ? [layout.telemetry] : [])];
    const instance = processes.start({
      name,
      command: process.execPath,
      args: [...heapArguments, ...preloads.flatMap((file) => ['--require', file]), layout.service(name)],
      env: { ...this.#inherited(), ...this.#environment(spec, release, port) },
      stop: 'TERM',
    });
    try {
      const expected = (body: string) => versionIn(body) === release.version;
      await untilReady(instance, { port, path: '/healthz', expected, signal });
    } catch (error) {
      await instance.stop(drainMs);
      throw error;
    } finally {
      this.#letGo(name);
    }
    return instance;
  }

  handOver(old: Instance): Promise<void> {
    const process = this.instances.find((each) => each === old);
    if (!process || !this.#network) return old.stop(drainMs);
    return handOver(process, this.#port(old.name), this.#network.apiUrl, this.#options.progress);
  }

  adopt(pid: number, name: string): void {
    this.#run.processes.adopt(pid, name);
  }

  footprint(): Promise<readonly ProcessFootprint[]> {
    return footprintOf(this.#run.processes.names);
  }

  close(): void {
    this.#run.processes.close();
    for (const name of this.#reservations.keys()) this.#letGo(name);
  }

  async remove(): Promise<readonly string[]> {
    const { processes, state } = this.#run;
    const left = processes.running.map(({ name, pid }) => `process ${name} (${pid})`);
    await processes.release();
    return existsSync(state.dir) ? [...left, `folder ${state.dir}`] : left;
  }

  #port(name: string): number {
    return this.#ports.get(name) ?? 0;
  }

  /** From now on whoever listens on the port of a service is its instance. */
  #letGo(name: string): void {
    this.#reservations.get(name)?.letGo();
    this.#reservations.delete(name);
  }

  #inherited(): Record<string, string> {
    const env: Record<string, string> = { NODE_COMPILE_CACHE: join(this.#options.cacheDir, 'compile-cache') };
    for (const name of inherited) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    return env;
  }

  #environment(spec: ServiceSpec, release: Release, port: number): Record<string, string> {
    const linkOf = (link: string) => this.#network?.addressOf(link) ?? '';
    return serviceEnvironment(spec, release, { options: this.#options, host: '127.0.0.1', port, linkOf });
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
