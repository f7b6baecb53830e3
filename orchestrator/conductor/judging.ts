import type { Window } from '../backends/backend.ts';
import type { JudgeContext } from '../expectations/context.ts';
import type { Proof } from '../faults/fault.ts';
import { messageOf } from '../errors.ts';
import { aborting, withDeadline } from './deadline.ts';
import type { JudgedVerdict, Ledger, Slot } from './ledger.ts';
import type { Stage } from './stage.ts';
import type { InForce } from './used-fault.ts';

/** So long after its deadline and the backend's last answers (of the whole window, and of a part) a judge may still confirm what it has seen. */
const graceMs = 20_000;
/** What a judge has to ask and compare once it may judge what must stay. */
export const staysWithinMs = 5_000;

/** What the expectations of an act are judged on. */
export interface JudgedAct {
  /** Of all the act's faults: since the last one, or the reason of the first that failed. */
  readonly inForce: Promise<InForce>;
  /** Of all the act's faults: the first that is not proven, or a proven one. */
  readonly proof: Promise<Proof>;
  /** Resolves when what must stay may be judged. */
  readonly settled: Promise<void>;
  readonly baseline: Window | undefined;
  /** When the act stops playing, as planned. */
  readonly plannedEnd: number;
}

/** Settles one expectation: by the judge, or as `not-applied` when its faults were not in force, whatever the judge saw. */
export async function judgeSlot(stage: Stage, slot: Slot, act: JudgedAct): Promise<void> {
  const inForce = await act.inForce;
  stage.signal.throwIfAborted();
  if (!inForce.ok) return slot.giveUp('not-applied', inForce.reason);
  const unproven = new AbortController();
  const signal = AbortSignal.any([stage.signal, unproven.signal]);
  const settle = settlement(slot, judgeExpectation(stage, slot, act, { since: inForce.since, signal }));
  const proof = await act.proof;
  stage.signal.throwIfAborted();
  if (!proof.proven) {
    unproven.abort();
    return slot.giveUp('not-applied', proof.evidence);
  }
  const judged = await settle;
  stage.signal.throwIfAborted();
  return judged();
}

/** The judge's answer, put off; a judge that fails or hangs leaves the expectation unverified, an aborted one leaves it owed. */
function settlement(slot: Slot, judged: Promise<JudgedVerdict>): Promise<() => void> {
  return judged.then(
    (verdict) => () => slot.settle(verdict),
    (error: unknown) => () => slot.giveUp('unverified', messageOf(error)),
  );
}

async function judgeExpectation(
  stage: Stage,
  slot: Slot,
  act: JudgedAct,
  { since, signal }: Pick<JudgeContext, 'since' | 'signal'>,
): Promise<JudgedVerdict> {
  const { clock, judge } = stage;
  const { delayMs } = slot.backend.pace;
  const stays = slot.kind.timing(slot.spec.params) === 'stays';
  if (stays) await Promise.race([act.settled, aborting(signal)]);
  signal.throwIfAborted();
  const within = slot.act.injections.length > 0 ? since + slot.spec.withinMs : act.plannedEnd;
  const asked = stays ? Math.max(within, clock.now() + staysWithinMs) : within;
  // The presenter may hold an act for longer than planned. A backend shows what happened until then so much later.
  const deadline = (slot.act.advance === 'cue' ? asked : Math.min(asked, act.plannedEnd)) + delayMs;
  // Where an act ends as soon as its evidence is there, what must stay is judged on what is known by then.
  const delayed = slot.act.advance === 'evidence' && slot.act.injections.length > 0 ? 0 : delayMs;
  // Aborted, it has nobody left to tell: the judge is aborted as well.
  const settled = stays && delayed > 0 ? clock.sleep(delayed, signal).catch(() => undefined) : Promise.resolve();
  const context = { ...contextOf(stage, slot, act.baseline), since, deadline, signal, settled };
  return inTime(context, judge.expectation(context));
}

export interface HealingAct extends Pick<JudgedAct, 'inForce' | 'proof' | 'baseline'> {
  readonly ledger: Ledger;
  readonly undoneAt: number;
  readonly deadline: number;
}

/** Settles the recovery of one expectation, once that itself is settled: what was never seen cannot be seen to go. */
export async function judgeRecoverySlot(stage: Stage, slot: Slot, act: HealingAct): Promise<void> {
  const { signal } = stage;
  const [inForce, proof] = await Promise.all([act.inForce, act.proof]);
  if (!inForce.ok) return slot.giveUp('not-applied', inForce.reason);
  if (!proof.proven) return slot.giveUp('not-applied', proof.evidence);
  const seen = act.ledger
    .slots(slot.act, false)
    .find(({ spec, backend }) => spec === slot.spec && backend === slot.backend);
  await Promise.race([seen?.settled, aborting(signal)]);
  if (seen?.verdict !== 'met') {
    // Without load there is none to heal under either.
    return slot.giveUp(seen?.verdict === 'no-load' ? 'no-load' : 'unverified', 'there was nothing to heal');
  }
  const { undoneAt: since } = act;
  const deadline = act.deadline + slot.backend.pace.delayMs;
  const context = {
    ...contextOf(stage, slot, act.baseline),
    since,
    deadline,
    signal,
    settled: Promise.resolve(),
    appeared: seen.seen && { values: seen.seen },
  };
  const settle = await settlement(slot, inTime(context, stage.judge.recovery(context).then(given)));
  signal.throwIfAborted();
  settle();
}

/** A judge that hangs holds up neither the show nor its interruption. */
function inTime<T>({ backend, clock, deadline, signal }: JudgeContext, judged: Promise<T>): Promise<T> {
  const ms = deadline - clock.now() + 2 * backend.pace.answerMs + graceMs;
  const late = withDeadline(clock, 'the verdict', ms, judged);
  return Promise.race([late, aborting(signal)]);
}

function given(verdict: Awaited<ReturnType<Stage['judge']['recovery']>>): JudgedVerdict {
  if (verdict) return verdict;
  throw new Error('the judge gave no verdict');
}

function contextOf(
  stage: Stage,
  slot: Slot,
  baseline: Window | undefined,
): Omit<JudgeContext, 'since' | 'deadline' | 'signal' | 'settled'> {
  const { clock, loads, spansReceived, othersHeard, undelivered } = stage;
  const { backend, kind, spec } = slot;
  return {
    clock,
    backend,
    kind,
    spec,
    baseline,
    requestsSent: (window) => loads.requestsSent(window),
    spansReceived,
    othersHeard,
    undelivered: (window) => undelivered(backend.name, window),
  };
}
