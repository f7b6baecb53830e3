import type { TelemetryStore } from '../telemetry/store.ts';
import type { Backend } from './backend.ts';
import { embeddedBackend } from './embedded/backend.ts';

/** What a backend may be built from. */
export interface BackendContext {
  /** The tap's store, which every run has. The context's owner closes it. */
  readonly store: TelemetryStore;
}

/** Every backend by its name in shows and on the command line. */
export const backends = {
  embedded: ({ store }: BackendContext): Backend => embeddedBackend(store),
} as const;
