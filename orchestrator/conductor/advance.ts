import type { Advance } from '../show/show.ts';
import { aborting, firstOf } from './deadline.ts';
import { staysWithinMs } from './judging.ts';
import type { Slot } from './ledger.ts';
import type { Stage } from './stage.ts';
import { sleepUntil } from './waiting.ts';

/** What decides how long an act plays. */
export interface PlayingAct {
  readonly slots: readonly Slot[];
  readonly forMs: number;
  readonly plannedEnd: number;
  /** The calm act always takes its whole time: every later comparison stands on it. */
  readonly calm: boolean;
  /** What must stay may be judged now. */
  readonly settle: () => void;
}

/** How an act's playing ends, by its `advance`. Each rejects when the stage's signal aborts. */
export const advances: Readonly<Record<Advance, (stage: Stage, act: PlayingAct) => Promise<void>>> = {
  clock: (stage, act) => untilPlannedEnd(stage, act, stage.signal),
  evidence: (stage, act) => {
    const appearing = act.slots.filter((slot) => slot.kind.timing(slot.spec.params) === 'appears');
    if (act.calm || appearing.length === 0) return untilPlannedEnd(stage, act, stage.signal);
    return firstOf(stage.signal, (signal) => [untilPlannedEnd(stage, act, signal), untilSettled(act, appearing)]);
  },
  async cue(stage, act) {
    await firstOf(stage.signal, (signal) => [stage.cues.next(signal), aborting(signal)]);
    // A presenter in a hurry does not shorten what every later comparison stands on.
    if (act.calm) await untilPlannedEnd(stage, act, stage.signal);
    act.settle();
    const staying = act.slots.filter((slot) => slot.kind.timing(slot.spec.params) === 'stays');
    await firstOf(stage.signal, (signal) => [allSettled(staying), stage.clock.sleep(staysWithinMs, signal)]);
  },
};

/** Resolves when every verdict is given. */
export async function allSettled(slots: readonly Slot[]): Promise<void> {
  await Promise.all(slots.map((slot) => slot.settled));
}

async function untilPlannedEnd({ clock }: Stage, act: PlayingAct, signal: AbortSignal): Promise<void> {
  // Time to ask and compare before the faults are taken back.
  const leadMs = Math.min(2_000, act.forMs / 10);
  await sleepUntil(clock, act.plannedEnd - leadMs, signal);
  act.settle();
  await sleepUntil(clock, act.plannedEnd, signal);
}

async function untilSettled(act: PlayingAct, appearing: readonly Slot[]): Promise<void> {
  await allSettled(appearing);
  act.settle();
  await allSettled(act.slots);
}
