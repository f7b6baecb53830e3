import type { Window } from '../backends/backend.ts';
import type { LoadProgress } from '../load/engine.ts';

/** Counts what the load engine has sent, from its reports of every second. */
export interface LoadMeter {
  add(progress: LoadProgress): void;
  /** Requests sent in a window; a second that is partly in the window counts by its share. Not rounded. */
  requestsSent(window: Window): number;
}

const secondMs = 1_000;

export function createLoadMeter(): LoadMeter {
  const seconds: { readonly at: number; readonly requests: number }[] = [];
  return {
    add: ({ at, requests }) => void seconds.push({ at, requests }),
    requestsSent({ from, to }) {
      let sent = 0;
      for (const { at, requests } of seconds) {
        const overlap = Math.min(to, at) - Math.max(from, at - secondMs);
        if (overlap > 0) sent += (requests * overlap) / secondMs;
      }
      return sent;
    },
  };
}
