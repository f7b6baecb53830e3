import type { RunEvent } from '../conductor/events.ts';
import type { Output } from '../host.ts';
import type { Language } from '../show/show.ts';

/** A listener to a run. It sees events only, so a recorded journal gives the same report as the run did. */
export interface Report {
  event(event: RunEvent): void;
  /** After the last event; writes what is to be written. */
  close(): Promise<void>;
}

export interface ReportOptions {
  readonly stdout: Output;
  /** The run's folder, for reports that are files. */
  readonly runDir: string;
  /** The run's own language when absent. */
  readonly language?: Language;
  readonly colors: boolean;
  /** Verdicts and troubles only: no talk, no progress. */
  readonly quiet: boolean;
}
