import type { Window } from '../../backends/backend.ts';
import type { Encoding, Signal } from '../otlp/decode.ts';

/** A request that the tap has accepted, as it came. */
export interface Accepted {
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** Unpacked. */
  readonly body: Buffer;
  /** How many spans, log records or points it holds. */
  readonly records: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The way from the tap to one backend: a bounded queue, sent in order, repeated by the rules of OTLP. */
export interface Forwarder {
  readonly name: string;
  /** Never waits and never throws: what does not fit into the queue is dropped and counted. */
  take(accepted: Accepted): void;
  counts(): { readonly delivered: number; readonly dropped: number; readonly waiting: number };
  /** Records that were accepted from `from` until shortly after `to`, and have not reached the backend: lost, or still on their way. `trouble` is why. */
  missing(window: Window): { readonly dropped: number; readonly waiting: number; readonly trouble?: string };
  /** Why the last attempt failed; undefined after one that did not. */
  readonly trouble: string | undefined;
  /** Sends what waits, for a bounded time; what is left then is dropped and counted. */
  close(): Promise<void>;
}
