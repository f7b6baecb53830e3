import type { Delivery, ExpectationVerdict, RecoveryVerdict, RunEvent, SignalCounts } from '../conductor/events.ts';
import type { Proof } from '../faults/fault.ts';
import type { LoadSummary } from '../load/engine.ts';
import type { ProcessFootprint } from '../runtime/runtime.ts';

/** `summary.json`. Times are ISO 8601 in UTC, durations milliseconds; null is what did not happen. */
export interface Summary {
  readonly schema: 'showrunner.summary/1';
  readonly run: SummaryRun;
  /** From the start of the command to the start of the first act. */
  readonly readyMs: number | null;
  readonly acts: readonly SummaryAct[];
  readonly telemetry: {
    readonly received: SignalCounts;
    readonly rejected: number;
    readonly backends: readonly Delivery[];
  } | null;
  /** Of several loads together: their sums, and the worst of their times. */
  readonly load: LoadFigures | null;
  /** Each of several loads, in the order of their ends; without it there was one. */
  readonly loads?: readonly (LoadFigures & { readonly profile: string })[];
  readonly footprint: {
    readonly peakPssMb: number;
    readonly processes: readonly { readonly name: string; readonly peakPssMb: number }[];
  };
  readonly leftovers: readonly string[];
  readonly troubles: readonly string[];
}

export interface LoadFigures extends Pick<LoadSummary, 'requests' | 'failed' | 'dropped' | 'p95Ms'> {
  /** How late visits began, 99th percentile; null where the load engine cannot tell. */
  readonly lateP99Ms: number | null;
}

interface SummaryRun {
  readonly id: string;
  readonly show: string;
  readonly commandStartedAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly runtime: string;
  readonly engine: string;
  readonly backends: readonly string[];
  readonly outcome: 'passed' | 'failed' | 'interrupted' | null;
  readonly exitCode: number | null;
}

export interface SummaryAct {
  readonly act: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly startJitterMs: number | null;
  readonly faults: readonly SummaryFault[];
  readonly expectations: readonly Omit<ExpectationVerdict, 'act'>[];
  readonly recovery: readonly Omit<RecoveryVerdict, 'act'>[];
}

interface SummaryFault {
  readonly fault: string;
  readonly on: string;
  readonly injectedAt: string | null;
  readonly proof: Proof | null;
  readonly undoneAt: string | null;
  readonly undoVerified: boolean | null;
}

/** What a run came to, from its events alone. Pure. */
export function summarise(events: Iterable<RunEvent>): Summary {
  const summary = createSummary();
  for (const event of events) summary.add(event);
  return summary.result();
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type ActInProgress = Omit<Mutable<SummaryAct>, 'faults' | 'expectations' | 'recovery'> & {
  faults: Mutable<SummaryFault>[];
  expectations: Omit<ExpectationVerdict, 'act'>[];
  recovery: Omit<RecoveryVerdict, 'act'>[];
};
type Handlers = { readonly [Type in RunEvent['type']]?: (event: Extract<RunEvent, { type: Type }>) => void };

/** The same, event by event: a long run is summed up without keeping its events. */
export function createSummary(): { add(event: RunEvent): void; result(): Summary } {
  const acts: ActInProgress[] = [];
  const summary: Mutable<Omit<Summary, 'acts'>> = emptySummary();
  const handlers: Handlers = { ...actHandlers(acts), ...runHandlers(summary) };
  return {
    add(event) {
      (handlers[event.type] as ((event: RunEvent) => void) | undefined)?.(event);
      if (event.type === 'act-started') summary.readyMs ??= event.at - Date.parse(summary.run.commandStartedAt);
    },
    result: () => {
      const { schema, run, readyMs, telemetry, load, loads, ...rest } = summary;
      return { schema, run, readyMs, acts, telemetry, load, ...(loads && { loads }), ...rest };
    },
  };
}

function emptySummary(): Omit<Summary, 'acts'> {
  return {
    schema: 'showrunner.summary/1',
    run: {
      id: '',
      show: '',
      commandStartedAt: '',
      startedAt: '',
      endedAt: null,
      runtime: '',
      engine: '',
      backends: [],
      outcome: null,
      exitCode: null,
    },
    readyMs: null,
    telemetry: null,
    load: null,
    footprint: { peakPssMb: 0, processes: [] },
    leftovers: [],
    troubles: [],
  };
}

function runHandlers(summary: Mutable<Omit<Summary, 'acts'>>): Handlers {
  const loads: (LoadFigures & { readonly profile: string })[] = [];
  return {
    'run-started': ({ at, id, show, runtime, engine, backends, commandStartedAt }) => {
      const names = backends.map(({ name }) => name);
      const times = { commandStartedAt: iso(commandStartedAt), startedAt: iso(at) };
      summary.run = { ...summary.run, id, show, ...times, runtime, engine, backends: names };
    },
    telemetry: ({ received, rejected, backends }) => (summary.telemetry = { received, rejected, backends }),
    'load-ended': ({ profile = '', summary: { requests, failed, dropped, p95Ms, lateP99Ms = null } }) => {
      const figures = { requests, failed, dropped, p95Ms, lateP99Ms };
      loads.push({ profile, ...figures });
      summary.load = together(loads);
      if (loads.length > 1) summary.loads = [...loads];
    },
    footprint: ({ processes }) => (summary.footprint = peakOf(summary.footprint, processes)),
    trouble: ({ message }) => (summary.troubles = [...summary.troubles, message]),
    crash: ({ crash }) => (summary.troubles = [...summary.troubles, `${crash.process} ended unasked (${crash.exit})`]),
    'run-ended': ({ at, outcome, exitCode, leftovers }) => {
      summary.run = { ...summary.run, endedAt: iso(at), outcome, exitCode };
      summary.leftovers = leftovers;
    },
  };
}

function together(loads: readonly LoadFigures[]): LoadFigures {
  const sum = (of: (load: LoadFigures) => number): number => loads.reduce((total, load) => total + of(load), 0);
  const late = loads.flatMap(({ lateP99Ms }) => lateP99Ms ?? []);
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    dropped: sum(({ dropped }) => dropped),
    p95Ms: Math.max(...loads.map(({ p95Ms }) => p95Ms)),
    lateP99Ms: late.length > 0 ? Math.max(...late) : null,
  };
}

type FaultEvent = Pick<Extract<RunEvent, { type: 'fault-injected' }>, 'act' | 'fault' | 'on'>;

function actHandlers(acts: ActInProgress[]): Handlers {
  const actOf = (name: string): ActInProgress => {
    const known = acts.find(({ act }) => act === name);
    if (known) return known;
    const act = {
      act: name,
      startedAt: null,
      endedAt: null,
      startJitterMs: null,
      faults: [],
      expectations: [],
      recovery: [],
    };
    acts.push(act);
    return act;
  };
  const newUse = ({ act, fault, on }: FaultEvent): Mutable<SummaryFault> => {
    const used = { fault, on, injectedAt: null, proof: null, undoneAt: null, undoVerified: null };
    actOf(act).faults.push(used);
    return used;
  };
  // The same fault may be used on the same service twice in an act, and be injected again before its first undo is verified.
  const lastUse = (event: FaultEvent, fits: (used: SummaryFault) => boolean = () => true): Mutable<SummaryFault> => {
    const { faults } = actOf(event.act);
    const known = faults.findLast((used) => used.fault === event.fault && used.on === event.on && fits(used));
    return known ?? newUse(event);
  };
  return {
    'act-started': ({ at, act, startJitterMs }) =>
      void Object.assign(actOf(act), { startedAt: iso(at), startJitterMs }),
    'act-ended': ({ at, act }) => void Object.assign(actOf(act), { endedAt: iso(at) }),
    'fault-injected': (event) => (newUse(event).injectedAt = iso(event.at)),
    'fault-proof': (event) => {
      const used = lastUse(event, ({ proof }) => proof === null);
      used.proof = { proven: event.proven, evidence: event.evidence };
    },
    'fault-undone': (event) => {
      const undoneAt = iso(event.undoneAt);
      const used = lastUse(event, ({ injectedAt }) => injectedAt === null || injectedAt <= undoneAt);
      Object.assign(used, { undoneAt, undoVerified: event.verified });
    },
    expectation: ({ at: _at, type: _type, act, ...verdict }) => void actOf(act).expectations.push(verdict),
    recovery: ({ at: _at, type: _type, act, ...verdict }) => void actOf(act).recovery.push(verdict),
  };
}

function peakOf(before: Summary['footprint'], processes: readonly ProcessFootprint[]): Summary['footprint'] {
  const peaks = new Map(before.processes.map(({ name, peakPssMb }) => [name, peakPssMb]));
  for (const { name, pssMb } of processes) peaks.set(name, Math.max(pssMb, peaks.get(name) ?? 0));
  const total = processes.reduce((sum, { pssMb }) => sum + pssMb, 0);
  return {
    peakPssMb: Math.max(before.peakPssMb, Math.round(total * 10) / 10),
    processes: [...peaks].map(([name, peakPssMb]) => ({ name, peakPssMb })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
