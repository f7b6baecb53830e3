import type { SignalCounts } from '../conductor/events.ts';
import type { Window } from '../backends/backend.ts';

/** The OTLP/HTTP receiver inside the orchestrator; every signal of the shop passes it. */
export interface Tap {
  /** Base URL for OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  received(): SignalCounts;
  /** Records refused for good: each malformed one, and one for each request that cannot be read or is too large. What is only put off (429, 503) comes again. */
  rejected(): number;
  /** Spans a service sent in a window: tells "no telemetry at all" from "telemetry without the anomaly". */
  spansOf(service: string, window: Window): Promise<number>;
  /** Whether anything else sent spans or metrics in a window, which come every 5 s also where nobody asks for anything. */
  hearsOthers(service: string, window: Window): Promise<boolean>;
  close(): Promise<void>;
}
