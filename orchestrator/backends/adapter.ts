import type { ZodType } from 'zod';
import type { Destination } from '../telemetry/forward/destination.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import type { Backend, Capabilities, Question } from './backend.ts';
import type { Program, Started } from './program.ts';

/** What a backend may be built from besides its settings. */
interface BackendContext {
  /** As shows and verdicts call it. */
  readonly name: string;
  /** The tap's store, which every run has. Its owner closes it. */
  readonly store: TelemetryStore;
}

/** One kind of APM system: how it is set up in `showrunner.yaml`, sent to and asked. */
export interface Adapter<Settings = unknown> {
  /** Of one backend in `showrunner.yaml`, without `kind`; a strict object. A secret is `secretSetting`. */
  readonly settings: ZodType<Settings>;
  /** Whose answers these are, where the backend itself cannot be asked. */
  readonly judgedBy?: 'embedded';
  /** What it can answer; settings may take something away. */
  readonly how: Capabilities;
  /** Why something is `unsupported`, or not exact. */
  readonly remarks: Readonly<Partial<Record<Question, string>>>;
  /** What we start when the settings say nothing of where it is. Absent: it cannot be started by us. */
  readonly programs?: readonly Program[];
  /** The settings of what we have started, by program name. */
  settingsOf?(started: Readonly<Record<string, Started>>): Settings;
  /** Where the tap sends; undefined where nothing has to be sent. */
  destination(settings: Settings): Destination | undefined;
  open(settings: Settings, context: BackendContext): Backend;
}

/** An adapter whose settings have been checked by its own schema, so that a registry can hold all of them. */
export function adapter<Settings>(parts: Adapter<Settings>): Adapter {
  return parts;
}
