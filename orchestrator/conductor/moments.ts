import type { CueMoment } from '../show/show.ts';

/** The first time of each kind of moment in an act; `met` and `healed` come when all that they wait for is there. */
export interface Moments {
  reached(moment: CueMoment): void;
  /** Resolves when the moment is first reached; pending for ever if it never is. */
  when(moment: CueMoment): Promise<void>;
}

export function createMoments(): Moments {
  const moments = {
    injected: Promise.withResolvers<void>(),
    proven: Promise.withResolvers<void>(),
    met: Promise.withResolvers<void>(),
    healing: Promise.withResolvers<void>(),
    healed: Promise.withResolvers<void>(),
  } satisfies Record<CueMoment, PromiseWithResolvers<void>>;
  return {
    reached: (moment) => moments[moment].resolve(),
    when: (moment) => moments[moment].promise,
  };
}
