import type { Adapter } from '../backends/adapter.ts';
import type { Problem } from '../errors.ts';

/** What `showrunner.yaml` and the environment say, checked. */
export interface Config {
  /** By name: those that are written, and every kind under its own name. */
  readonly backends: Readonly<Record<string, ConfiguredBackend>>;
}

/** A backend as it is set up. */
export interface ConfiguredBackend {
  /** As shows, verdicts and the command line call it. */
  readonly name: string;
  /** The name of its adapter. */
  readonly kind: string;
  readonly adapter: Adapter;
  /** The output of the adapter's schema; undefined where nothing is said of it: then its programs are started by us, if it has any. */
  readonly settings: unknown;
  /** Secrets that are not where the file says: until they are, this backend cannot be used, and has no settings. */
  readonly problems: readonly Problem[];
}
