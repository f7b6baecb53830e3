import { existsSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import { footprintOf } from '../process/footprint.ts';
import type { RunProcesses } from '../process/run-processes.ts';
import type { RunState } from '../process/run-state.ts';
import type { Instance } from '../running/instance.ts';
import { type Network, type Platform } from '../running/platform.ts';
import { drainMs } from '../running/running-shop.ts';
import { serviceEnvironment } from '../running/service-environment.ts';
import type { ProcessFootprint, Release, StartOptions } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { answering } from './container.ts';
import { startDatabase } from './database.ts';
import type { RunImages } from './images/images.ts';
import type { ShopFiles } from './images/shop-files.ts';
import { type ContainerNetwork, startNetwork, until, visitors } from './network.ts';
import type { RunContainers } from './run-containers.ts';
import type { RunningContainer } from './running-container.ts';
import { usageOf } from './statistics.ts';

/** Where a service listens in its container. */
const servicePort = 8080;

/** As in the process runtime: small heaps, for the shop has eight of them. */
const node = ['node', '--max-semi-space-size=2', '--max-old-space-size=96'];
const serviceMemoryMb = 256;

export interface ContainerRun {
  readonly state: RunState;
  readonly processes: RunProcesses;
  readonly containers: RunContainers;
  readonly images: RunImages;
  readonly files: ShopFiles;
}

/** The parts of a shop as containers of an engine. */
export class ContainerPlatform implements Platform {
  readonly #options: StartOptions;
  readonly #run: ContainerRun;
  #database: RunningContainer | undefined;
  #network: ContainerNetwork | undefined;

  constructor(options: StartOptions, run: ContainerRun) {
    this.#options = options;
    this.#run = run;
  }

  get instances(): readonly RunningContainer[] {
    return this.#run.containers.running;
  }

  /** Through the network proxy, whose port stays when the storefront is replaced. */
  get url(): string {
    return `http://${this.#network?.addressOf(visitors) ?? ''}`;
  }

  get connectionString(): string {
    return `postgres://postgres@${this.#database?.addressOf(5432) ?? ''}/shop`;
  }

  prepare(): Promise<void> {
    return this.#run.containers.createNetwork();
  }

  async startDatabase(): Promise<Instance> {
    const { containers, images } = this.#run;
    this.#database = await startDatabase(containers, images.database);
    return this.#database;
  }

  async startNetwork(signal: AbortSignal): Promise<Network> {
    const { containers, images, files } = this.#run;
    const { shop, otlpEndpoint } = this.#options;
    const services = Object.values(shop.services);
    this.#network = await startNetwork({ containers, images, files, services, otlpEndpoint, signal });
    return this.#network;
  }

  async launch(spec: ServiceSpec, release: Release, signal: AbortSignal): Promise<Instance> {
    signal.throwIfAborted();
    const { containers, images, files } = this.#run;
    const { name, instrumented } = spec;
    const preload = instrumented ? ['--require', files.telemetry] : [];
    const linkOf = (link: string) => this.#network?.insideAddressOf(link) ?? '';
    return containers.start({
      part: name,
      alias: name,
      image: images.shop,
      command: [...node, ...preload, files.service(name)],
      env: serviceEnvironment(spec, release, { options: this.#options, host: '0.0.0.0', port: servicePort, linkOf }),
      ports: [servicePort],
      memoryMb: serviceMemoryMb,
      ready: answering(
        '/healthz',
        servicePort,
        (body) => (JSON.parse(body) as { version?: unknown }).version === release.version,
      ),
    });
  }

  /**
   * Both have the service's name, and the proxy tries one address after the other: from the moment the old one stops listening, the new one
   * gets what comes. What waits to be accepted at that moment would be reset, so our proxy holds new connections back for it.
   */
  async handOver(old: Instance): Promise<void> {
    const container = this.instances.find((each) => each === old);
    try {
      if (!container || !this.#network) return;
      await this.#network.holding(`${old.name}:${servicePort}`, async () => {
        await container.drain();
        await until(async () => !(await listens(container.addressOf(servicePort))));
      });
    } catch (error) {
      this.#options.progress(`${old.name}: new connections were not held while it was replaced (${messageOf(error)})`);
    } finally {
      await old.stop(drainMs);
    }
  }

  adopt(pid: number, name: string): void {
    this.#run.processes.adopt(pid, name);
  }

  async footprint(): Promise<readonly ProcessFootprint[]> {
    const containers = this.instances.map(async ({ name, docker }) => {
      const usage = await usageOf(docker);
      return usage && { name, pssMb: usage.memoryMb, cpuSeconds: usage.cpuSeconds };
    });
    // A container that ends while it is looked at has no figures any more.
    const looked = await Promise.allSettled(containers);
    const seen = looked.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    return [...(await footprintOf(this.#run.processes.names)), ...summed(seen)];
  }

  close(): void {
    this.#run.containers.close();
    this.#run.processes.close();
  }

  async remove(): Promise<readonly string[]> {
    const { containers, processes, state } = this.#run;
    try {
      const left = await containers.remove();
      if (left.length === 0) {
        state.setLastWill(undefined);
        await processes.release();
        return existsSync(state.dir) ? [`folder ${state.dir}`] : [];
      }
      processes.letGo();
      return left;
    } catch (error) {
      // The engine does not answer. The guard carries out the last will, without us.
      processes.letGo();
      return [`what runs on the engine (${messageOf(error)}); it is removed as soon as the engine answers`];
    }
  }
}

/** Whether a service still takes connections: the engine's own proxy closes those that it cannot pass on. */
async function listens(address: string): Promise<boolean> {
  return fetch(`http://${address}/healthz`, { signal: AbortSignal.timeout(200) }).then(
    () => true,
    // Slow is not gone.
    (error: unknown) => error instanceof Error && error.name === 'TimeoutError',
  );
}

/** Two instances of a service, while one takes over from the other, are one part of the shop. */
function summed(parts: readonly ProcessFootprint[]): readonly ProcessFootprint[] {
  const totals = new Map<string, ProcessFootprint>();
  for (const { name, pssMb, cpuSeconds } of parts) {
    const before = totals.get(name);
    totals.set(name, { name, pssMb: pssMb + (before?.pssMb ?? 0), cpuSeconds: cpuSeconds + (before?.cpuSeconds ?? 0) });
  }
  return [...totals.values()];
}
