import type { Window } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import type { Judgement, Observation } from './expectation.ts';
import { observeCalm } from './calm.ts';
import { deliveryLagMs } from './endpoint.ts';
import { numberOf } from './parameters.ts';
import type { JudgeContext } from './context.ts';

const late = Symbol('late');

/** So long a time without the anomaly after the first look tells that what it saw was a pause. Milliseconds. */
const refutesMs = 5000;

/** No service of the shop waits longer for another. Milliseconds. */
const slowestMs = 10_000;

/** Requests are in the backend when they have ended: those as slow as the ones seen come so much later. Milliseconds. */
export function lateBy(seen: Pick<Observation, 'values'> | undefined): number {
  const p95Ms = seen && numberOf(seen, 'p95Ms');
  return p95Ms !== undefined && Number.isFinite(p95Ms) ? Math.min(slowestMs, p95Ms) : 0;
}

/** What to look at, and when it is enough. */
export interface Question {
  windowAt(now: number): Window;
  /** Whether a window is long enough to be judged. */
  ripe(window: Window): boolean;
  judge(seen: Observation, baseline: Observation | undefined): Judgement;
  /** Whether a judgement is the last word. */
  decides(judgement: Judgement): boolean;
  /**
   * How long a `met` must hold, from the first look that shows it to the last, with no other answer between; where a pause may have made it,
   * what came after the first look must show it by itself.
   */
  readonly confirmMs: number;
  /** The end of a window, which is met where a pause may have spoiled the whole, and it is so for `confirmMs`. */
  readonly spared?: { readonly lengthMs: number; readonly confirmMs: number };
}

/** What the last look at the backend gave. */
export type Look = {
  readonly window: Window;
  readonly seen?: Observation;
  readonly before?: Observation | undefined;
  /** Seen in the end of the window that was asked for, not in the whole. */
  readonly isSpared?: true;
  /** When the first of the looks that agree on `met` had its answer. */
  readonly metAt?: number;
} & (
  | { readonly state: 'too-early' }
  | { readonly state: 'too-little' }
  | { readonly state: 'unanswered'; readonly error: string }
  | { readonly state: 'judged'; readonly judgement: Judgement }
);

/**
 * Looks at the backend's pace until a judgement decides, at the latest at the context's deadline; looks at least once. A look that began by
 * then has its full time to answer, and what it shows for the first time may still be confirmed.
 */
export async function poll(context: JudgeContext, question: Question): Promise<Look> {
  const { backend, clock, kind } = context;
  const cannot = kind.asks.find((asked) => backend.how[asked] === 'unsupported');
  if (cannot) {
    const why = backend.remarks[cannot];
    const error = `it cannot be asked for ${cannot}${why ? `: ${why}` : ''}`;
    return { state: 'unanswered', window: question.windowAt(clock.now()), error };
  }
  const needed = neededBy(context);
  const baseline = askedOnce(() => observeCalm((calm) => observe(context, calm), context.baseline, needed));
  return lookUntilDecided(context, question, (window) => lookOnce(context, question, { window, baseline }));
}

type LookAt = (window: Window) => Promise<Look>;

/** The first of the looks that agree on `met`: the end of its window, and when it had its answer. */
interface Met {
  readonly to: number;
  readonly at: number;
}

async function lookUntilDecided(context: JudgeContext, question: Question, lookAt: LookAt): Promise<Look> {
  const { backend, clock, deadline, signal } = context;
  let first: Met | undefined;
  for (;;) {
    const look = await sparedOr(await lookAt(question.windowAt(clock.now())), question, lookAt);
    const own = { to: look.window.to, at: clock.now() };
    const standing = await standingOf(look, { first: first ?? own, own }, { context, question, lookAt });
    const left = deadline - clock.now();
    if (standing.is === 'decided' || (left <= 0 && standing.is === 'undecided')) return standing.look;
    ({ first } = standing);
    const { everyMs } = backend.pace;
    await clock.sleep(left > 0 ? Math.min(everyMs, left) : everyMs, signal);
  }
}

function decisionOf(look: Look, question: Question): Judgement['outcome'] | undefined {
  return look.state === 'judged' && question.decides(look.judgement) ? look.judgement.outcome : undefined;
}

const mayBePause = (look: Look): boolean => look.state === 'judged' && look.judgement.mayBePause === true;

/** The look at the end of the window where a pause may have spoiled the whole and the end decides; else the look at the whole. */
async function sparedOr(whole: Look, question: Question, lookAt: LookAt): Promise<Look> {
  if (!question.spared || decisionOf(whole, question) || !mayBePause(whole)) return whole;
  const { from, to } = whole.window;
  const { lengthMs } = question.spared;
  if (to - from <= lengthMs) return whole;
  const end = await lookAt({ from: to - lengthMs, to });
  if (end.state !== 'judged' || !decisionOf(end, question)) return whole;
  const reason = `${end.judgement.reason} in the last ${lengthMs / 1000} s`;
  return { ...end, judgement: { ...end.judgement, reason }, isSpared: true };
}

/** How far a judgement has come. */
interface Standing {
  /** `undecided` is what it stays where the time is over; `open` has more time, to be confirmed. */
  readonly is: 'decided' | 'undecided' | 'open';
  /** What it comes to when the time is over. */
  readonly look: Look;
  readonly first?: Met;
}

interface Around {
  readonly context: JudgeContext;
  readonly question: Question;
  readonly lookAt: LookAt;
}

async function standingOf(
  look: Look,
  { first, own }: { readonly first: Met; readonly own: Met },
  around: Around,
): Promise<Standing> {
  const decision = decisionOf(look, around.question);
  if (decision !== 'met') return { is: decision ? 'decided' : 'undecided', look };
  const part = partToConfirm(look, first, around);
  if (part === 'none') return { is: 'decided', look: { ...look, metAt: first.at } };
  if (part === 'later') return { is: 'open', look, first };
  const after = await around.lookAt(part);
  if (decisionOf(after, around.question) === 'met') return { is: 'decided', look: { ...look, metAt: first.at } };
  if (part.to - part.from < refutesMs) return { is: 'open', look, first };
  // Judged, and not there: it was a pause, and what makes the look `met` from now on has to show itself. Else there was too little to judge.
  return after.state === 'judged'
    ? { is: 'undecided', look: unconfirmed(look), first: own }
    : { is: 'undecided', look: after, first };
}

/** What came after the first look, as far as it has ended and arrived; `none` where nothing more needs to be seen, `later` where it is too early. */
function partToConfirm(look: Look, first: Met, { context, question }: Around): Window | 'none' | 'later' {
  const { from, to } = look.window;
  const confirmMs = (look.isSpared && question.spared?.confirmMs) || question.confirmMs;
  if (to - first.to < confirmMs) return 'later';
  if (confirmMs === 0 || first.to <= from || !mayBePause(look)) return 'none';
  const part = { from: first.to, to: Math.floor((to - deliveryLagMs - lateBy(look.seen)) / 1000) * 1000 };
  return part.to - part.from < Math.max(confirmMs, context.kind.minWindowMs ?? 0) ? 'later' : part;
}

function unconfirmed(look: Look): Look {
  if (look.state !== 'judged') return look;
  const reason = `${look.judgement.reason}, but not again in what came after`;
  return { ...look, judgement: { outcome: 'not-met', reason } };
}

/** The result of `work`, or `late` after `ms`; work that is late is left behind. Rejects when the signal aborts. */
export async function within<T>(
  { clock, signal }: JudgeContext,
  ms: number,
  work: Promise<T>,
): Promise<T | typeof late> {
  const done = new AbortController();
  const timer = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then((): typeof late => late);
  try {
    return await Promise.race([work, timer]);
  } finally {
    done.abort();
  }
}

async function lookOnce(
  context: JudgeContext,
  question: Question,
  { window, baseline }: { readonly window: Window; readonly baseline: () => Promise<Observation | undefined> },
): Promise<Look> {
  if (!question.ripe(window)) return { state: 'too-early', window };
  let before: Observation | undefined;
  try {
    before = await baseline();
    const seen = await observe(context, window);
    if (seen.requests < neededBy(context)) return { state: 'too-little', window, before, seen };
    return { state: 'judged', window, seen, before, judgement: question.judge(seen, before) };
  } catch (error) {
    context.signal.throwIfAborted();
    return { state: 'unanswered', window, before, error: messageOf(error) };
  }
}

/** Requests that a look must stand on. Without any, nothing has been seen to heal. */
export function neededBy({ appeared, kind, spec }: Pick<JudgeContext, 'appeared' | 'kind' | 'spec'>): number {
  return Math.max(spec.minRequests ?? kind.minRequests, appeared ? 1 : 0);
}

async function observe(context: JudgeContext, window: Window): Promise<Observation> {
  const { backend, kind, spec } = context;
  return answerOf(context, kind.observe(backend, window, spec.params));
}

/** A backend's answer; throws when it takes longer than the backend's pace allows. */
export async function answerOf<T>(context: JudgeContext, asked: Promise<T>): Promise<T> {
  const { answerMs } = context.backend.pace;
  const answer = await within(context, answerMs, asked);
  if (answer === late) throw new Error(`no answer within ${answerMs} ms`);
  return answer;
}

/** Keeps the first answer; asks again after a failure. */
function askedOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: { readonly value: T } | undefined;
  return async () => {
    answer ??= { value: await ask() };
    return answer.value;
  };
}
