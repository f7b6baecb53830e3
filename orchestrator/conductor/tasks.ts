import { messageOf } from '../errors.ts';
import type { Stage } from './stage.ts';

/** Work that goes on beside the acts. Nothing that fails in it is lost, and nothing is left when the play ends. */
export interface Tasks {
  /** Starts the work. A failure becomes a trouble event, unless the signal has aborted: then leaving is what was asked for. */
  start(name: string, signal: AbortSignal, work: () => Promise<void>): void;
  /** Resolves when all that was started has ended. */
  idle(): Promise<void>;
}

export function createTasks(emit: Stage['emit']): Tasks {
  const running = new Set<Promise<void>>();
  return {
    start(name, signal, work) {
      const task = (async () => work())()
        .catch((error: unknown) => {
          if (!signal.aborted) emit({ type: 'trouble', message: `${name}: ${messageOf(error)}` });
        })
        .finally(() => running.delete(task));
      running.add(task);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
