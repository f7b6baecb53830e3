import type { Backend, Window } from '../backends/backend.ts';
import type { Clock } from '../clock/clock.ts';
import type { ExpectationSpec } from '../show/show.ts';
import type { ExpectationKind, Observation } from './expectation.ts';

/** What is missing at a backend; `trouble` is why the last attempt to send failed. */
export interface Undelivered {
  readonly dropped: number;
  readonly waiting: number;
  readonly trouble?: string | undefined;
}

/** What a verdict is judged from. */
export interface JudgeContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly backend: Backend;
  readonly kind: ExpectationKind;
  readonly spec: ExpectationSpec;
  /** When the faults took effect (act start without faults), or, for a recovery, when they were undone. */
  readonly since: number;
  /** Judged at the latest then, epoch ms. */
  readonly deadline: number;
  /** Of a `stays` kind: resolves when it may be judged (the act is about to end, or everything else is settled). */
  readonly settled: Promise<void>;
  /** The calm act's window; absent in the calm act itself and where there was none. */
  readonly baseline: Window | undefined;
  /** Of a recovery: the values with which the expectation was met. */
  readonly appeared?: Pick<Observation, 'values'> | undefined;
  /** Requests that the load engine sent in a window. */
  readonly requestsSent: (window: Window) => number;
  /** Spans of a service that reached the tap in a window. */
  readonly spansReceived: (service: string, window: Window) => Promise<number>;
  /** Whether spans or metrics of any other service reached the tap in a window. */
  readonly othersHeard: (service: string, window: Window) => Promise<boolean>;
  /** Records that the tap took in a window and that have not reached this backend: lost, or still on their way. */
  readonly undelivered: (window: Window) => Undelivered;
}
