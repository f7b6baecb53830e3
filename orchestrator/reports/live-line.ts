import type { PlannedAct, RunEvent } from '../conductor/events.ts';
import type { LoadProgress } from '../load/engine.ts';
import { clockTime, duration } from './text.ts';
import type { Words } from './words.ts';

/** What the live line shows: the act, its time, the load and the faults in force. Follows the events; knows no clock. */
export interface LiveLine {
  event(event: RunEvent): void;
  /** Undefined while no act plays. */
  text(words: Words): string | undefined;
}

export function createLiveLine(): LiveLine {
  let planned: readonly PlannedAct[] = [];
  let act: { readonly name: string; readonly startedAt: number; readonly lengthMs: number } | undefined;
  let now = 0;
  /** The last second of each load. */
  const loads = new Map<string, LoadProgress>();
  /** In an earlier act another load may be still to come. */
  const isOver = ({ type }: RunEvent): boolean =>
    type === 'run-ended' || (type === 'load-ended' && loads.size === 0 && planned.at(-1)?.act === act?.name);
  const inForce = new Map<string, string>();
  return {
    event(event) {
      now = event.at;
      if (event.type === 'run-started') planned = event.acts;
      if (event.type === 'act-started')
        act = { name: event.act, startedAt: event.at, lengthMs: lengthOf(planned, event.act) };
      if (event.type === 'load') loads.set(event.profile ?? '', event.progress);
      if (event.type === 'fault-injected') inForce.set(`${event.fault} ${event.on}`, event.fault);
      if (event.type === 'fault-undone' && event.verified) inForce.delete(`${event.fault} ${event.on}`);
      if (event.type === 'load-ended') loads.delete(event.profile ?? '');
      if (isOver(event)) act = undefined;
    },
    text(words) {
      if (!act) return undefined;
      const elapsed = now - act.startedAt;
      const parts = [
        act.name,
        `${clockTime(elapsed)} (${words.left(clockTime(act.lengthMs - elapsed))})`,
        ...rateOf([...loads.values()], words),
        ...(inForce.size > 0 ? [words.inForce([...inForce.values()].join(', '))] : []),
      ];
      return parts.join(' · ');
    },
  };
}

/** What all loads send together, and the slower of their times. */
function rateOf(loads: readonly LoadProgress[], words: Words): readonly string[] {
  if (loads.length === 0) return [];
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  return [words.rate(requests, duration(Math.max(...loads.map(({ p95Ms }) => p95Ms))))];
}

function lengthOf(planned: readonly PlannedAct[], name: string): number {
  const act = planned.find((one) => one.act === name);
  return act ? act.forMs + act.healMs : 0;
}
