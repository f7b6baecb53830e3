import type { Backend } from '../backends/backend.ts';
import type { Show } from '../show/show.ts';

/**
 * The show with the time that slow backends need: where an act ends as soon as its evidence is there, it and its faults stay for as much longer as
 * the slowest backend needs to show them. On the clock or a cue an act keeps its time, and the verdicts come later.
 */
export function withTimeFor(show: Show, backends: readonly Pick<Backend, 'pace'>[]): Show {
  const delayMs = Math.max(0, ...backends.map(({ pace }) => pace.delayMs));
  const acts = show.acts.map((act) =>
    act.advance !== 'evidence' || act.injections.length === 0
      ? act
      : {
          ...act,
          forMs: act.forMs + delayMs,
          healsWithinMs: act.healsWithinMs + delayMs,
          injections: act.injections.map((injection) => ({ ...injection, ttlMs: injection.ttlMs + delayMs })),
        },
  );
  return { ...show, acts };
}
