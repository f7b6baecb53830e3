import type { ZodType } from 'zod';
import type { Backend, Question, Window } from '../backends/backend.ts';

/** Only `met` is a pass. */
export type Verdict = 'met' | 'not-met' | 'not-applied' | 'unverified' | 'no-load';

/** What kind of thing the backend must show. `observe` asks, `judge` only compares. */
export interface ExpectationKind<Params = unknown, Seen extends Observation = Observation> {
  readonly params: ZodType<Params>;
  /** One line for the verdict table: `catalog GET /products p95 >= 3x baseline`. */
  text(params: Params): string;
  /** What must exist in the shop and get traffic from the profile; `all` stands for every instrumented service. */
  targets(params: Params): readonly Target[];
  readonly asks: readonly Question[];
  /** `appears`: the first time it is met counts. `stays`: it must hold over the whole act and is judged at its end. */
  readonly timing: 'appears' | 'stays';
  /** Requests that a window needs before it is judged, unless the show says otherwise. */
  readonly minRequests: number;
  observe(backend: Backend, window: Window, params: Params): Promise<Seen>;
  /** `baseline` is the same observation over the calm act; absent in the calm act itself. */
  judge(params: Params, now: Seen, baseline: Seen | undefined): Judgement;
  /** Whether the anomaly is gone, judged over a window after the undo. Absent where nothing has to heal. */
  healed?(params: Params, now: Seen, baseline: Seen | undefined): Judgement;
  /** The shortest window that is judged, in ms; 0 when absent. */
  readonly minWindowMs?: number;
  /** Whether it may be expected in an act without faults, because it can tell what is normal. By default, what has nothing to heal. */
  readonly calm?: boolean;
}

export interface Target {
  readonly service: string;
  readonly route?: string;
}

/** Numbers for the evidence. `requests` is how many requests the answer stands on. */
export interface Observation {
  readonly requests: number;
  readonly values: Readonly<Record<string, number | string>>;
  readonly traceIds: readonly string[];
}

/** `no-baseline`: the calm act had too little to compare with, which makes the verdict `unverified`. */
export interface Judgement {
  readonly outcome: 'met' | 'not-met' | 'no-baseline';
  readonly reason: string;
}
