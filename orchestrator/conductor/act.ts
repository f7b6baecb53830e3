import type { Window } from '../backends/backend.ts';
import type { Proof } from '../faults/fault.ts';
import type { Act } from '../show/show.ts';
import { advances, allSettled } from './advance.ts';
import { speak } from './cues.ts';
import { aborting, firstOf } from './deadline.ts';
import { judgeRecoverySlot, judgeSlot } from './judging.ts';
import type { Ledger, Slot } from './ledger.ts';
import { createMoments, type Moments } from './moments.ts';
import type { Stage } from './stage.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { UsedFault, type InForce } from './used-fault.ts';
import { sleepUntil } from './waiting.ts';

export interface ActRun {
  readonly act: Act;
  readonly plannedAt: number;
  readonly runStart: number;
  readonly ledger: Ledger;
  /** The calm act's window; undefined in the calm act itself and where there was none. */
  readonly baseline: Window | undefined;
  /** Whether this is the calm act that later ones are compared with: it always takes its whole time. */
  readonly calm: boolean;
  /** Work that may outlast the act: verdicts that come late, timers of faults. */
  readonly tasks: Tasks;
  /** Told of each fault before it is put in force. */
  readonly onFault: (fault: UsedFault) => void;
}

/** One act on its way. */
interface Playing extends ActRun {
  readonly startedAt: number;
  readonly moments: Moments;
  readonly faults: readonly UsedFault[];
  readonly inForce: Promise<InForce>;
  readonly proof: Promise<Proof>;
}

/**
 * Plays one act; returns the window in which it played.
 *
 *     playing ──▶ undoing ──▶ healing ──▶ ended
 *
 * playing: the faults come into force at their times, and what they must show is judged; until the planned end (clock), until every
 * verdict is reached (evidence), or until the presenter says so (cue). undoing: every fault is taken back, whatever ended the
 * playing. healing: the recovery is judged, until the planned end (clock) or until every verdict is reached. An interrupt leads
 * from playing to undoing, and from there to ended.
 */
export async function playAct(stage: Stage, run: ActRun): Promise<Window> {
  const { clock, emit } = stage;
  const { act, plannedAt } = run;
  const startedAt = clock.now();
  emit({ type: 'act-started', act: act.name, plannedAt, startJitterMs: startedAt - plannedAt });
  const over = new AbortController();
  const stopPlaying = new AbortController();
  const talking = createTasks(emit);
  const playing = begin(stage, run, { startedAt, playing: stopPlaying.signal });
  speak(stage, {
    act,
    actStart: startedAt,
    runStart: run.runStart,
    over: over.signal,
    moments: playing.moments,
    tasks: talking,
  });
  try {
    let playedUntil: number;
    try {
      await play(stage, playing);
    } finally {
      playedUntil = clock.now();
      stopPlaying.abort();
      await undo(playing);
    }
    await heal(stage, playing, playedUntil);
    return { from: startedAt, to: playedUntil };
  } finally {
    over.abort();
    await talking.idle();
    emit({ type: 'act-ended', act: act.name });
  }
}

function begin(
  stage: Stage,
  run: ActRun,
  { startedAt, playing }: { startedAt: number; playing: AbortSignal },
): Playing {
  const { act, plannedAt: origin, tasks } = run;
  const moments = createMoments();
  const reached = (moment: Parameters<Moments['reached']>[0]): void => moments.reached(moment);
  const faults = act.injections.map((injection) => {
    const fault = new UsedFault(stage, { act, injection, origin, playing, tasks, reached });
    run.onFault(fault);
    return fault;
  });
  const calmFrom = run.calm ? startedAt + settleMs(act) : startedAt;
  return { ...run, startedAt, moments, faults, inForce: allInForce(faults, calmFrom), proof: allProven(faults) };
}

/** The first seconds of the calm act are not compared with: connections are still being opened and code is being compiled. */
function settleMs(act: Act): number {
  return Math.min(5_000, act.forMs / 4);
}

/** The window of the calm act that later acts are compared with. */
export function baselineOf(act: Act, played: Window): Window {
  return { from: played.from + settleMs(act), to: played.to };
}

async function allInForce(faults: readonly UsedFault[], since: number): Promise<InForce> {
  const all = await Promise.all(faults.map((fault) => fault.inForce));
  let last = since;
  for (const one of all) {
    if (!one.ok) return one;
    last = Math.max(last, one.since);
  }
  return { ok: true, since: last };
}

async function allProven(faults: readonly UsedFault[]): Promise<Proof> {
  const all = await Promise.all(faults.map((fault) => fault.proof));
  return (
    all.find((proof) => !proof.proven) ?? { proven: true, evidence: all.map((proof) => proof.evidence).join('; ') }
  );
}

async function play(stage: Stage, playing: Playing): Promise<void> {
  const { act, ledger, calm } = playing;
  const plannedEnd = playing.plannedAt + act.forMs;
  const slots = ledger.slots(act, false);
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  judgeAll(stage, playing, slots, (slot) => judgeSlot(stage, slot, { ...playing, settled, plannedEnd }));
  await advances[act.advance](stage, { slots, forMs: act.forMs, plannedEnd, calm, settle });
}

/** Takes every fault back, the last one first. Not under the stage's signal: an interrupt is when it matters most. */
async function undo({ faults }: Playing): Promise<void> {
  for (const fault of faults.toReversed()) await fault.undo();
}

async function heal(stage: Stage, playing: Playing, playedUntil: number): Promise<void> {
  const { clock, signal } = stage;
  const { act, ledger, faults, moments, plannedAt } = playing;
  signal.throwIfAborted();
  if (faults.length > 0) moments.reached('healing');
  const undoneAt = Math.max(...faults.map((fault) => fault.undoneAt ?? playedUntil), 0);
  const plannedEnd = plannedAt + act.forMs + act.healsWithinMs;
  const deadline = act.advance === 'clock' ? plannedEnd : Math.max(undoneAt, playedUntil) + act.healsWithinMs;
  const slots = ledger.slots(act, true);
  judgeAll(stage, playing, slots, (slot) => judgeRecoverySlot(stage, slot, { ...playing, undoneAt, deadline }));
  // On the clock a verdict that is late does not hold up the next act.
  if (act.advance === 'clock') return sleepUntil(clock, plannedEnd, signal);
  return firstOf(signal, (over) => [allSettled([...ledger.slots(act, false), ...slots]), aborting(over)]);
}

function judgeAll(
  stage: Stage,
  { act, moments, tasks }: Playing,
  slots: readonly Slot[],
  judge: (slot: Slot) => Promise<void>,
): void {
  // What must stay is judged at the end of the act: nobody waits for it to see what the fault has made appear.
  const appearing = slots.filter(({ recovery, kind, spec }) => recovery || kind.timing(spec.params) === 'appears');
  const awaited = appearing.length > 0 ? appearing : slots;
  for (const slot of slots) {
    tasks.start(`verdict on ${slot.spec.kind} of ${act.name}`, stage.signal, async () => {
      await judge(slot);
      if (awaited.every(({ verdict }) => verdict === 'met')) moments.reached(slot.recovery ? 'healed' : 'met');
    });
  }
}
