import type { ZodType } from 'zod';
import type { Backend, How, Question, Window } from '../backends/backend.ts';

/** Only `met` is a pass. */
export type Verdict = 'met' | 'not-met' | 'not-applied' | 'unverified' | 'no-load';

/** `appears`: met once two looks in a row, a second apart, show it; a long duration also in what came after the first of them. `stays`: must hold over the whole act; judged once, at its end. */
export type Timing = 'appears' | 'stays';

/** What kind of thing the backend must show. `observe` asks, `judge` only compares. */
export interface ExpectationKind<Params = unknown, Seen extends Observation = Observation> {
  readonly params: ZodType<Params>;
  /** One line for the verdict table: `catalog GET /products p95 >= 3x baseline`. */
  text(params: Params): string;
  /** The params with `all` spelled out as these services; the show loader asks for it. Absent where nothing can mean all services. */
  forServices?(params: Params, services: readonly string[]): Params;
  /** What must exist in the shop and get traffic from the profile. */
  targets(params: Params): readonly Target[];
  readonly asks: readonly Question[];
  timing(params: Params): Timing;
  /** Requests that a window needs before it is judged, unless the show says otherwise. */
  readonly minRequests: number;
  observe(backend: Backend, window: Window, params: Params): Promise<Seen>;
  /** `baseline` is the same observation over the calm act; absent in the calm act itself. */
  judge(params: Params, now: Seen, baseline: Seen | undefined): Judgement;
  /** Whether the anomaly is gone, judged over a window after the undo. Absent where nothing can heal; never asked of what stays. */
  healed?(params: Params, now: Seen, baseline: Seen | undefined): Judgement;
  /** The shortest window that is judged, in ms; 0 when absent. */
  readonly minWindowMs?: number;
  /** Whether records that are lost on the way to a backend could look like the anomaly: there is less of something. */
  lossLooksLikeIt?(params: Params): boolean;
  /** Whether it may be expected in an act without faults, because it can tell what is normal. By default, what has nothing to heal. */
  readonly calm?: boolean;
}

/** Whether a backend computes all that a kind asks for, or we do it from its traces, or it cannot be asked. */
export function howOf({ asks }: Pick<ExpectationKind, 'asks'>, { how }: Pick<Backend, 'how'>): How {
  const hows = asks.map((question) => how[question]);
  return (['unsupported', 'computed'] as const).find((one) => hows.includes(one)) ?? 'native';
}

/** Whether an expectation has a recovery: what only had to stay as it was has nothing to heal. */
export function heals(kind: ExpectationKind, params: unknown): boolean {
  return kind.healed !== undefined && kind.timing(params) === 'appears';
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
  /** It stands on a duration that is long, as one pause of the machine can make it. */
  readonly mayBePause?: boolean;
}
