import type { CleanUp } from './clean-up.ts';
import type { Performance } from './perform.ts';
import { createTasks } from './tasks.ts';

/** Something that is looked at again and again while a run lasts. */
export interface Watch {
  readonly what: string;
  readonly everyMs: number;
  look(): Promise<void> | void;
}

/** Looks at once and then at that pace, until the clean-up calls it off. */
export function watch({ clock, emit }: Pick<Performance, 'clock' | 'emit'>, cleanUp: CleanUp, watched: Watch): void {
  const { what, everyMs, look } = watched;
  const over = new AbortController();
  const tasks = createTasks(emit);
  cleanUp.push(`stop watching the ${what}`, () => {
    over.abort();
    return tasks.idle();
  });
  tasks.start(`watch of the ${what}`, over.signal, async () => {
    while (!over.signal.aborted) {
      await look();
      await clock.sleep(everyMs, over.signal);
    }
  });
}
