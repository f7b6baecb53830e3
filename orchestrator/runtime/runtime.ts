import type { ShowrunnerError } from '../errors.ts';
import type { InstanceState } from './running/instance.ts';
import type { Shop } from './shop.ts';

/** What a runtime can do to a running shop; what it does not declare is refused when the show is loaded. */
export type RuntimeCapability = 'release' | 'network' | 'database' | 'flags' | 'pause' | 'kill' | 'limits';

/** Where the shop runs. */
export interface Runtime {
  readonly name: 'process' | 'containers';
  readonly capabilities: ReadonlySet<RuntimeCapability>;
  /** How a shop of this runtime reaches servers of this process. Throws a ShowrunnerError (exit code 3) where it cannot. */
  reach(): Promise<Reach>;
  /**
   * Starts Postgres, the network proxy and every service, and waits until each is healthy.
   * On failure everything that was started is stopped before it throws a ShowrunnerError (exit code 3) with the log's tail.
   */
  start(options: StartOptions): Promise<RunningShop>;
}

export interface Reach {
  /** The address of this machine on which a server must listen. */
  readonly listen: string;
  /** By what name or address the shop finds it. */
  readonly host: string;
}

export interface StartOptions {
  readonly runId: string;
  readonly shop: Shop;
  /** Of every random decision of the shop and of its data, so that two rehearsals match. */
  readonly seed: string;
  /** The run's folder; logs go to `logs/<process>.log` in it. */
  readonly runDir: string;
  /** Content-addressed caches (the seeded database) live here. */
  readonly cacheDir: string;
  /** Where the shop sends OTLP/HTTP, by the host that `reach` names, e.g. `http://127.0.0.1:40123`. */
  readonly otlpEndpoint: string;
  /** Where the services stream their flags from, e.g. `http://127.0.0.1:40124/flags`. */
  readonly flagsUrl: string;
  readonly signal: AbortSignal;
  /** A line for the user while it starts: `postgres ready after 420 ms`. */
  readonly progress: (line: string) => void;
  /** Called when the shop begins to start, with what it takes from now on; `RunningShop.footprint` has it later. */
  readonly starting?: (footprint: RunningShop['footprint']) => void;
}

export interface Release {
  readonly version: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningShop {
  /** The storefront on 127.0.0.1, for visitors and load. */
  readonly url: string;
  readonly database: { readonly connectionString: string };
  readonly network: ShopNetwork;
  /**
   * Replaces a service by another release without losing a request: the new instance is healthy before the old one drains.
   * The release the shop started with is `shop.services[service].version`.
   */
  release(service: string, release: Release): Promise<void>;
  /** The release that a service runs now. */
  version(service: string): string;
  /** Freezes a service until `resume`: it accepts connections and answers nothing. */
  pause(service: string): Promise<void>;
  resume(service: string): Promise<void>;
  /** Ends a service at once, as a crash would, and keeps it down until `revive`. */
  kill(service: string): Promise<void>;
  revive(service: string): Promise<void>;
  /** Gives a service so many cores at most; without a number as many as it started with. Needs `limits`. */
  limitCpu(service: string, cores?: number): Promise<void>;
  /** What the system that runs a service says of it now. */
  look(service: string): Promise<InstanceState>;
  /** Lines that a service wrote to its log since `since` (epoch ms), oldest first: the source itself, not a backend. */
  logs(service: string, since: number): Promise<readonly string[]>;
  /** Calls back when a process ends that nobody asked to end. */
  onCrash(handler: (crash: Crash) => void): void;
  /** Calls back when what runs the shop is gone (the engine has ended) and the show cannot go on. */
  onLost(handler: (error: ShowrunnerError) => void): void;
  /** Makes a process that somebody else started part of the run: it is in the footprint by this name, and ended with the run if it is still there. */
  adopt(pid: number, name: string): void;
  /**
   * Memory of everything of this run, the orchestrator included, in MB, and the CPU time used so far in seconds: of a process its
   * proportional share (PSS), of a container what its cgroup has that is not page cache. Empty where the system has no such figure.
   */
  footprint(): Promise<readonly ProcessFootprint[]>;
  /** Stops everything in order under its own deadline and removes every temporary thing; returns what it could not remove. */
  stop(): Promise<readonly string[]>;
}

/** The network proxy. A link is named `caller->callee`, `payment->bank`. */
export interface ShopNetwork {
  /** Base URL of its API (Toxiproxy's). */
  readonly apiUrl: string;
  /** `host:port` where this process reaches a link. */
  addressOf(link: string): string;
}

export interface Crash {
  readonly process: string;
  readonly exit: string;
  readonly logTail: readonly string[];
}

export interface ProcessFootprint {
  readonly name: string;
  readonly pssMb: number;
  readonly cpuSeconds: number;
}
