import type { How, Tendency, Trace } from '../backends/backend.ts';
import type { Verdict } from '../expectations/expectation.ts';
import type { LoadProgress, LoadSummary } from '../load/engine.ts';
import type { Crash, ProcessFootprint } from '../runtime/runtime.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Language } from '../show/show.ts';
import type { TalkPart } from '../talk/talk.ts';

/** Everything that happens in a run, in order. The journal holds these lines; console, JUnit, summary and replay know nothing else. */
export type RunEvent = { readonly at: number } & RunEventBody;

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly id: string;
      readonly show: string;
      readonly title: Readonly<Record<Language, string>>;
      readonly language: Language;
      readonly runtime: string;
      readonly engine: string;
      readonly backends: readonly { readonly name: string; readonly version: string }[];
      readonly acts: readonly PlannedAct[];
      readonly commandStartedAt: number;
    }
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'shop-ready'; readonly url: string; readonly afterMs: number }
  | { readonly type: 'act-started'; readonly act: string; readonly plannedAt: number; readonly startJitterMs: number }
  | { readonly type: 'cue'; readonly act: string; readonly cue?: string; readonly parts: readonly SpokenPart[] }
  | { readonly type: 'fault-injected'; readonly act: string; readonly fault: string; readonly on: string }
  | {
      readonly type: 'fault-proof';
      readonly act: string;
      readonly fault: string;
      readonly on: string;
      readonly proven: boolean;
      readonly evidence: string;
    }
  | {
      readonly type: 'fault-undone';
      readonly act: string;
      readonly fault: string;
      readonly on: string;
      /** When the undo was done, epoch ms; the event comes once its source was looked at. */
      readonly undoneAt: number;
      readonly verified: boolean;
      readonly evidence: string;
    }
  | ({ readonly type: 'expectation' } & ExpectationVerdict)
  | ({ readonly type: 'recovery' } & RecoveryVerdict)
  | { readonly type: 'act-ended'; readonly act: string }
  /** Every verdict is given; the shop stays up until it is stopped. */
  | { readonly type: 'holding' }
  /** Journals from before a show could have several loads name no profile. */
  | { readonly type: 'load-started'; readonly profile: string; readonly rate: number }
  | { readonly type: 'load'; readonly profile?: string; readonly progress: LoadProgress }
  | { readonly type: 'load-ended'; readonly profile?: string; readonly summary: LoadSummary; readonly error?: string }
  | { readonly type: 'footprint'; readonly processes: readonly ProcessFootprint[] }
  | { readonly type: 'crash'; readonly crash: Crash }
  | {
      readonly type: 'telemetry';
      readonly received: SignalCounts;
      readonly rejected: number;
      readonly backends: readonly Delivery[];
    }
  | { readonly type: 'trouble'; readonly message: string; readonly hint?: string }
  | {
      readonly type: 'run-ended';
      readonly outcome: 'passed' | 'failed' | 'interrupted';
      readonly exitCode: ExitCode;
      readonly leftovers: readonly string[];
    };

export interface PlannedAct {
  readonly act: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly startMs: number;
  readonly forMs: number;
  readonly healMs: number;
}

/** A part of the talk as it was said or shown. */
export type SpokenPart =
  | Extract<TalkPart, { kind: 'say' }>
  | {
      readonly kind: 'trace';
      readonly service: string;
      readonly route: string;
      readonly trace?: Trace;
      readonly link?: string;
    }
  | {
      readonly kind: 'tendency';
      readonly service: string;
      readonly route: string;
      /** What stands out most, first; empty where nothing does. */
      readonly top: readonly Pick<Tendency, 'attribute' | 'value' | 'badShare' | 'goodShare'>[];
    }
  | {
      readonly kind: 'servers';
      readonly up: number;
      readonly expected: number;
      readonly cpuPercent: number;
      readonly memoryMb: number;
    };

export interface ExpectationVerdict {
  readonly act: string;
  readonly kind: string;
  readonly text: string;
  readonly backend: string;
  readonly how: How;
  /** Whose answers these are, where the backend itself cannot be asked. */
  readonly judgedBy?: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** From the faults taking effect to the first `met`; null without one. */
  readonly timeToVisibleMs: number | null;
  readonly evidence: Evidence;
}

export interface RecoveryVerdict {
  readonly act: string;
  readonly text: string;
  readonly backend: string;
  readonly judgedBy?: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** From the undo to the first healthy answer; null without one. */
  readonly healedMs: number | null;
}

/** What the backend said, before and now. */
export interface Evidence {
  readonly before: Readonly<Record<string, number | string>> | null;
  readonly now: Readonly<Record<string, number | string>> | null;
  readonly traceIds: readonly string[];
}

export interface SignalCounts {
  readonly spans: number;
  readonly metrics: number;
  readonly logs: number;
}

export interface Delivery {
  readonly name: string;
  readonly version: string;
  readonly delivered: number;
  readonly dropped: number;
}
