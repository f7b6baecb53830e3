import type { ExpectationKind } from '../expectations/expectation.ts';
import type { Fault } from '../faults/fault.ts';
import type { RuntimeCapability } from '../runtime/runtime.ts';
import type { Shop } from '../runtime/shop.ts';

/** Every name a show may use, and what is known about it. */
export interface Catalogue {
  readonly shop: Shop;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly kinds: Readonly<Record<string, ExpectationKind>>;
  readonly profiles: Readonly<Record<string, KnownProfile>>;
  /** The k6 script at a path, from the folder of show.yaml; undefined where there is none. Without it a show may name no script. */
  readonly script?: (path: string) => KnownProfile | undefined;
  readonly backends: readonly string[];
  /** The runtime that will play the show; a fault it has no means for is a problem of the show. Without it, any runtime will do. */
  readonly runtime?: KnownRuntime;
  /** All there are, to name one that has the means. */
  readonly runtimes?: readonly KnownRuntime[];
}

interface KnownRuntime {
  readonly name: string;
  readonly capabilities: ReadonlySet<RuntimeCapability>;
}

export interface KnownProfile {
  /** Routes per service that get traffic. Without it nothing is known, and nothing is checked. */
  readonly reaches?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A record's own entry: `constructor` in a user's file is no name we know. */
export function lookUp<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
