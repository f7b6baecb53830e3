import type { RunEvent } from '../conductor/events.ts';

/** A listener to a run. It sees events only, so a recorded journal gives the same report as the run did. */
export interface Report {
  event(event: RunEvent): void;
  /** After the last event; writes what is to be written. */
  close(): Promise<void>;
}
