import type { Backend, Window } from '../backends/backend.ts';
import type { Clock } from '../clock/clock.ts';
import type { Undelivered } from '../expectations/context.ts';
import type { ExpectationKind } from '../expectations/expectation.ts';
import type { judgeExpectation, judgeRecovery } from '../expectations/judge.ts';
import type { Fault, Levers } from '../faults/fault.ts';
import type { Talk } from '../talk/talk.ts';
import type { RunEventBody, SpokenPart } from './events.ts';
import type { Loads } from './loads.ts';

/** Everything a show is played on. A plain object, so that a test can build one. */
export interface Stage {
  readonly clock: Clock;
  /** Aborted by Ctrl-C or a signal: the faults are undone, and what has no verdict yet is `unverified`. */
  readonly signal: AbortSignal;
  readonly backends: readonly Backend[];
  /** What live values of the talk are asked of: whoever has them first. */
  readonly live: Backend;
  readonly faults: Readonly<Record<string, Fault>>;
  readonly kinds: Readonly<Record<string, ExpectationKind>>;
  readonly levers: Levers;
  readonly loads: Pick<Loads, 'enter' | 'requestsSent' | 'failed'>;
  /** Spans of a service that reached the tap in a window. */
  readonly spansReceived: (service: string, window: Window) => Promise<number>;
  /** Whether telemetry of any other service reached it. */
  readonly othersHeard: (service: string, window: Window) => Promise<boolean>;
  /** Records that have not reached a backend, by its name. */
  readonly undelivered: (backend: string, window: Window) => Undelivered;
  readonly judge: { readonly expectation: typeof judgeExpectation; readonly recovery: typeof judgeRecovery };
  readonly talk: Talk | undefined;
  /** What a server monitor would show now; undefined where the system has no such figure. */
  readonly servers: () => Promise<ServersPart | undefined>;
  readonly cues: CueSource;
  readonly emit: (body: RunEventBody) => void;
}

export type ServersPart = Extract<SpokenPart, { kind: 'servers' }>;

/** The presenter. */
export interface CueSource {
  /** Resolves the next time the presenter says `advance`; may stay pending for ever. */
  next(signal: AbortSignal): Promise<void>;
}
