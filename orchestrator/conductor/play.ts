import type { Window } from '../backends/backend.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Show } from '../show/show.ts';
import { baselineOf, playAct } from './act.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Stage } from './stage.ts';
import { createTasks, type Tasks } from './tasks.ts';
import type { UsedFault } from './used-fault.ts';
import { sleepUntil } from './waiting.ts';

export interface Played {
  readonly outcome: 'passed' | 'failed' | 'interrupted';
  readonly exitCode: ExitCode;
}

/**
 * Plays a show on a stage: its acts one after the other, on the clock at exactly their planned times. Every verdict the show owes
 * is given when it resolves, and no fault is in force that could be taken back. Throws only for a defect of the conductor itself.
 */
export async function play(show: Show, stage: Stage): Promise<Played> {
  const { signal, emit, loads } = stage;
  const ledger = createLedger(show, stage);
  const faults: UsedFault[] = [];
  const tasks = createTasks(emit);
  try {
    await playActs(show, stage, { ledger, faults, tasks });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const fault of faults.toReversed()) await fault.undoAgain();
    await tasks.idle();
    ledger.close(signal.aborted ? 'interrupted' : 'no verdict was reached');
  }
  if (signal.aborted) return { outcome: 'interrupted', exitCode: exitCodes.interrupted };
  const gone = await Promise.all(faults.map((fault) => fault.gone()));
  // Also one that no expectation asks about.
  const proofs = await Promise.all(faults.map(({ proof }) => proof));
  return ledger.passed() && gone.every(Boolean) && proofs.every(({ proven }) => proven) && !loads.failed()
    ? { outcome: 'passed', exitCode: exitCodes.passed }
    : { outcome: 'failed', exitCode: exitCodes.failed };
}

interface Progress {
  readonly ledger: Ledger;
  readonly faults: UsedFault[];
  readonly tasks: Tasks;
}

async function playActs(show: Show, stage: Stage, { ledger, faults, tasks }: Progress): Promise<void> {
  const { clock, signal, emit, loads } = stage;
  const calm = show.acts.find((act) => act.injections.length === 0);
  const runStart = clock.now();
  let plannedAt = runStart;
  let baseline: Window | undefined;
  for (const act of show.acts) {
    await sleepUntil(clock, plannedAt, signal);
    loads.enter(act.name);
    const left = await leftInForce(faults);
    if (left) {
      const reason = `${left.name}, used in act ${left.act}, could not be taken back`;
      emit({ type: 'trouble', message: `act ${act.name} is not played: ${reason}` });
      ledger.close(reason, act);
    } else {
      const onFault = (fault: UsedFault): void => void faults.push(fault);
      const played = await playAct(stage, {
        act,
        plannedAt,
        runStart,
        ledger,
        baseline,
        calm: act === calm,
        tasks,
        onFault,
      });
      if (act === calm) baseline = baselineOf(act, played);
    }
    // Late by itself or not, an act on the clock leaves the next one its planned time.
    plannedAt = act.advance === 'clock' ? plannedAt + act.forMs + act.healsWithinMs : clock.now();
  }
}

/** The first fault that is still in force after one more try. */
async function leftInForce(faults: readonly UsedFault[]): Promise<UsedFault | undefined> {
  for (const fault of faults) if (!(await fault.undoAgain())) return fault;
  return undefined;
}
