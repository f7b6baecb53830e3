import type { Backend } from '../backends/backend.ts';
import { type ExpectationKind, heals, howOf, type Observation, type Verdict } from '../expectations/expectation.ts';
import type { Act, ExpectationSpec, Show } from '../show/show.ts';
import type { ExpectationVerdict, RecoveryVerdict } from './events.ts';
import type { Stage } from './stage.ts';

/** A verdict that is owed: one expectation, or its recovery, on one backend. */
export interface Slot {
  readonly act: Act;
  readonly spec: ExpectationSpec;
  readonly kind: ExpectationKind;
  readonly backend: Backend;
  readonly recovery: boolean;
  /** Undefined as long as it is owed. */
  readonly verdict: Verdict | undefined;
  /** The values that the backend showed last. */
  readonly seen: Observation['values'] | undefined;
  /** Resolves when it is settled. */
  readonly settled: Promise<void>;
  /** Emits the verdict. Only the first one counts. */
  settle(verdict: JudgedVerdict): void;
  /** A verdict that the conductor gives without asking the backend. */
  giveUp(verdict: Exclude<Verdict, 'met' | 'not-met'>, reason: string): void;
}

/** What the judge says of an expectation or a recovery. */
export type JudgedVerdict = Omit<ExpectationVerdict, 'act'> | Omit<RecoveryVerdict, 'act'>;

/** Every verdict a show owes, known before it starts, so that none can get lost on the way. */
export interface Ledger {
  slots(act: Act, recovery: boolean): readonly Slot[];
  /** Settles all that is still owed (of one act) as `unverified`. */
  close(reason: string, act?: Act): void;
  /** Whether there is a verdict at all, and each is `met`. */
  passed(): boolean;
}

export function createLedger(show: Show, stage: Pick<Stage, 'kinds' | 'backends' | 'emit'>): Ledger {
  const slots = show.acts.flatMap((act) => owedBy(act, stage));
  return {
    slots: (act, recovery) => slots.filter((slot) => slot.act === act && slot.recovery === recovery),
    close(reason, act) {
      for (const slot of slots) if (!act || slot.act === act) slot.giveUp('unverified', reason);
    },
    passed: () => slots.length > 0 && slots.every((slot) => slot.verdict === 'met'),
  };
}

function owedBy(act: Act, stage: Pick<Stage, 'kinds' | 'backends' | 'emit'>): readonly Slot[] {
  return [false, true].flatMap((recovery) =>
    act.expectations.flatMap((spec) => {
      const kind = stage.kinds[spec.kind];
      if (!kind) throw new Error(`no such kind of expectation: ${spec.kind}`);
      // Only what a fault has made appear can heal.
      if (recovery && (!heals(kind, spec.params) || act.injections.length === 0)) return [];
      return stage.backends.map((backend) => createSlot({ act, spec, kind, backend, recovery }, stage.emit));
    }),
  );
}

function createSlot(owed: Pick<Slot, 'act' | 'spec' | 'kind' | 'backend' | 'recovery'>, emit: Stage['emit']): Slot {
  const { act, spec, kind, backend, recovery } = owed;
  const { promise: settled, resolve } = Promise.withResolvers<void>();
  let judged: JudgedVerdict | undefined;

  function settle(given: JudgedVerdict): void {
    if (judged) return;
    judged = given;
    emit(
      'evidence' in judged
        ? { type: 'expectation', act: act.name, ...judged }
        : { type: 'recovery', act: act.name, ...judged },
    );
    resolve();
  }

  function giveUp(given: Exclude<Verdict, 'met' | 'not-met'>, reason: string): void {
    const common = { text: kind.text(spec.params), backend: backend.name, verdict: given, reason };
    if (recovery) return settle({ ...common, healedMs: null });
    const evidence = { before: null, now: null, traceIds: [] };
    return settle({ ...common, kind: spec.kind, how: howOf(kind, backend), timeToVisibleMs: null, evidence });
  }

  return {
    ...owed,
    settled,
    settle,
    giveUp,
    get verdict() {
      return judged?.verdict;
    },
    get seen() {
      return judged && 'evidence' in judged ? (judged.evidence.now ?? undefined) : undefined;
    },
  };
}
