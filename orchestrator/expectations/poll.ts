import type { Window } from '../backends/backend.ts';
import { messageOf } from '../errors.ts';
import type { Judgement, Observation } from './expectation.ts';
import { canBeSpoiled, observeCalm } from './calm.ts';
import type { JudgeContext } from './context.ts';

const late = Symbol('late');

/** What to look at, and when it is enough. */
export interface Question {
  windowAt(now: number): Window;
  /** Whether a window is long enough to be judged. */
  ripe(window: Window): boolean;
  /** A part of the window that decides where the whole does not and a single pause can have spoiled it. */
  spared?(window: Window): Window;
  judge(seen: Observation, baseline: Observation | undefined): Judgement;
  /** Whether a judgement is the last word. */
  decides(judgement: Judgement): boolean;
  /** How long a `met` must hold, from the first look that shows it to the last, with no other answer between: one pause is no anomaly. */
  readonly confirmMs: number;
}

/** What the last look at the backend gave. */
export type Look = {
  readonly window: Window;
  readonly seen?: Observation;
  readonly before?: Observation | undefined;
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
  const baseline = askedOnce(() => observeCalm((calm) => observe(context, calm), context.baseline));
  return lookUntilDecided(context, question, () => lookOnce(context, question, baseline));
}

async function lookUntilDecided(
  { backend, clock, deadline, signal }: JudgeContext,
  question: Question,
  nextLook: () => Promise<Look>,
): Promise<Look> {
  let met: { readonly to: number; readonly at: number } | undefined;
  for (;;) {
    const look = await nextLook();
    const decision = decisionOf(look, question);
    met = decision === 'met' ? (met ?? { to: look.window.to, at: clock.now() }) : undefined;
    if (decision && !met) return look;
    if (met && look.window.to - met.to >= question.confirmMs) return { ...look, metAt: met.at };
    const left = deadline - clock.now();
    if (left <= 0 && !met) return look;
    const { everyMs } = backend.pace;
    await clock.sleep(left > 0 ? Math.min(everyMs, left) : everyMs, signal);
  }
}

function decisionOf(look: Look, question: Question): Judgement['outcome'] | undefined {
  return look.state === 'judged' && question.decides(look.judgement) ? look.judgement.outcome : undefined;
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
  baseline: () => Promise<Observation | undefined>,
): Promise<Look> {
  const window = question.windowAt(context.clock.now());
  if (!question.ripe(window)) return { state: 'too-early', window };
  const whole = await lookAt(context, question, { window, baseline });
  const part = question.spared?.(window);
  const isOpen = whole.state === 'judged' && !question.decides(whole.judgement);
  if (!part || part.from <= window.from || !isOpen || !canBeSpoiled(whole.seen)) return whole;
  const spared = await lookAt(context, question, { window: part, baseline });
  return decisionOf(spared, question) ? spared : whole;
}

async function lookAt(
  context: JudgeContext,
  question: Question,
  { window, baseline }: { readonly window: Window; readonly baseline: () => Promise<Observation | undefined> },
): Promise<Look> {
  const { kind, signal, spec } = context;
  let before: Observation | undefined;
  try {
    before = await baseline();
    const seen = await observe(context, window);
    if (seen.requests < (spec.minRequests ?? kind.minRequests)) return { state: 'too-little', window, before, seen };
    return { state: 'judged', window, seen, before, judgement: question.judge(seen, before) };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unanswered', window, before, error: messageOf(error) };
  }
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
