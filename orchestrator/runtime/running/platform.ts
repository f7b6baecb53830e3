import type { ProcessFootprint, Release } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import type { Instance } from './instance.ts';

/** The callee's name of the database in links: `catalog->postgres`. */
export const databaseName = 'postgres';

/** The service that visitors meet. */
export const frontDoor = 'storefront';

/** The network proxy, and how this process reaches what is behind it. */
export interface Network {
  readonly instance: Instance;
  readonly apiUrl: string;
  /** `host:port` where this process reaches a link, by `caller->callee`. */
  addressOf(link: string): string;
}

/** What a runtime brings: how the parts of a shop are started. What they do together is the same in every runtime (running-shop.ts). */
export interface Platform {
  /** What runs now, oldest first. */
  readonly instances: readonly Instance[];
  /** The storefront on 127.0.0.1, once it runs. */
  readonly url: string;
  /** As this process reaches it. */
  readonly connectionString: string;
  /** Whatever must be there before anything starts. */
  prepare(): Promise<void>;
  /** Starts the seeded database and waits until it accepts connections. */
  startDatabase(signal: AbortSignal): Promise<Instance>;
  /** Starts the network proxy with one link for each dependency. */
  startNetwork(signal: AbortSignal): Promise<Network>;
  /** Starts one instance of a service, beside the one that may be running, and waits until it answers in that release. */
  launch(spec: ServiceSpec, release: Release, signal: AbortSignal): Promise<Instance>;
  /** Ends the old of two instances of a service without losing a request. */
  handOver(old: Instance): Promise<void>;
  adopt(pid: number, name: string): void;
  footprint(): Promise<readonly ProcessFootprint[]>;
  /** Nothing is started from now on. */
  close(): void;
  /** Ends and removes whatever is left; returns what it could not remove. */
  remove(): Promise<readonly string[]>;
}
