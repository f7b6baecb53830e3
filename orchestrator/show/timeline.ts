import type { PlannedAct } from '../conductor/events.ts';
import type { Act, Cue, CueMoment, ExpectationSpec, Injection, LoadSpec, Show } from './show.ts';

/** A show laid out on its clock: what happens when, if every act takes all of its time. Milliseconds. */
export interface Timeline {
  readonly acts: readonly TimelineAct[];
  readonly totalMs: number;
}

export interface TimelineAct {
  readonly act: Act;
  /** After the show's start. */
  readonly startMs: number;
  /** The act's first part, with its faults. */
  readonly playMs: number;
  /** Its second part, in which everything must get well again; 0 without faults. */
  readonly healMs: number;
  /** By time; at the same time in the order undo, inject, cue, judge. */
  readonly steps: readonly Step[];
}

/** `atMs` counts from the act's start. `exact: false`: not earlier than that, for the backend decides. */
export type Step = { readonly atMs: number } & (
  | { readonly kind: 'inject'; readonly injection: Injection }
  | { readonly kind: 'undo'; readonly injection: Injection }
  | { readonly kind: 'cue'; readonly cue: Cue; readonly exact: boolean }
  | { readonly kind: 'judge'; readonly expectation: ExpectationSpec }
  | { readonly kind: 'healed' }
);

/** Lays a show out. Pure. */
export function timelineOf(show: Pick<Show, 'acts'>): Timeline {
  const acts: TimelineAct[] = [];
  let startMs = 0;
  for (const act of show.acts) {
    acts.push({ act, startMs, playMs: act.forMs, healMs: act.healsWithinMs, steps: stepsOf(act) });
    startMs += act.forMs + act.healsWithinMs;
  }
  return { acts, totalMs: startMs };
}

/** How long the acts last in which a load plays, as planned. */
export function plannedMs({ acts, totalMs }: Timeline, { from, until }: LoadSpec): number {
  const startOf = (name: string | undefined) => acts.find(({ act }) => act.name === name)?.startMs;
  return (startOf(until) ?? totalMs) - (startOf(from) ?? 0);
}

/** The acts as the first event of a run announces them. */
export function plannedActs(timeline: Timeline): readonly PlannedAct[] {
  return timeline.acts.map(({ act, startMs, playMs, healMs }) => ({
    act: act.name,
    title: act.title,
    startMs,
    forMs: playMs,
    healMs,
  }));
}

/** When the last fault of an act is put in force, after the act's start; 0 without faults. */
export function lastInjectionMs(act: Pick<Act, 'injections'>): number {
  return Math.max(0, ...act.injections.map(({ atMs }) => atMs));
}

/** When a cue comes, after the act's start: at that time, or not earlier. */
export function cueTimeMs(act: Act, { when }: Cue): number {
  return 'atMs' in when ? when.atMs : earliest[when.moment](act);
}

const earliest: Readonly<Record<CueMoment, (act: Act) => number>> = {
  injected: firstInjectionMs,
  proven: firstInjectionMs,
  met: lastInjectionMs,
  healing: ({ forMs }) => forMs,
  healed: ({ forMs }) => forMs,
};

function firstInjectionMs({ injections }: Act): number {
  return Math.min(...injections.map(({ atMs }) => atMs));
}

const order = ['undo', 'inject', 'cue', 'judge', 'healed'];

function stepsOf(act: Act): readonly Step[] {
  const steps: Step[] = [
    ...act.injections.map((injection): Step => ({ kind: 'inject', atMs: injection.atMs, injection })),
    ...act.injections.map((injection): Step => ({
      kind: 'undo',
      atMs: injection.atMs + (injection.forMs ?? act.forMs - injection.atMs),
      injection,
    })),
    ...act.cues.map((cue): Step => ({ kind: 'cue', atMs: cueTimeMs(act, cue), cue, exact: isExact(cue) })),
    ...act.expectations.map((expectation): Step => ({
      kind: 'judge',
      atMs: lastInjectionMs(act) + expectation.withinMs,
      expectation,
    })),
    ...(act.injections.length > 0 ? [{ kind: 'healed', atMs: act.forMs + act.healsWithinMs } as const] : []),
  ];
  return steps.toSorted((a, b) => a.atMs - b.atMs || order.indexOf(a.kind) - order.indexOf(b.kind));
}

function isExact({ when }: Cue): boolean {
  return 'atMs' in when || when.moment === 'injected' || when.moment === 'healing';
}
