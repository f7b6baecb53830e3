import { setTimeout as sleep } from 'node:timers/promises';
import type { ShowrunnerError } from '../../errors.ts';
import { messageOf } from '../../errors.ts';
import { type Engine, failure } from './engine.ts';
import { label } from './labels.ts';

export interface EngineWatch {
  /** Rejects when the engine is gone; never resolves. */
  readonly gone: Promise<never>;
  readonly stop: () => void;
}

/**
 * Follows the engine's events, whose stream ends with the engine. An engine that comes back at once is another one all the same: it has
 * ended, or lost, what ran on it.
 */
export function watchEngine({ docker }: Engine, runId: string, onGone: (error: ShowrunnerError) => void): EngineWatch {
  const stopping = new AbortController();
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => undefined);
  const follow = async () => {
    for (;;) {
      const why = await untilCut();
      if (stopping.signal.aborted) return;
      // A proxy on the way may cut a quiet connection; what runs tells whether it was that.
      if (!(await stillRuns())) {
        const error = failure('engine-lost', `the container engine has ended in the middle of the run (${why})`, {
          hint: 'start it again and repeat the show; what is left of this run is removed as soon as the engine answers',
        });
        reject(error);
        onGone(error);
        return;
      }
    }
  };
  const untilCut = async (): Promise<string> => {
    try {
      const events = await docker.getEvents({
        filters: { label: [`${label.run}=${runId}`] },
        abortSignal: stopping.signal,
      });
      return await new Promise((resolve) => {
        events
          .on('end', () => resolve('its events have ended'))
          .on('error', (error: Error) => resolve(messageOf(error)));
        events.resume();
        stopping.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
      });
    } catch (error) {
      return messageOf(error);
    }
  };
  const stillRuns = async (): Promise<boolean> => {
    await sleep(500);
    const filters = { label: [`${label.run}=${runId}`], status: ['running', 'paused'] };
    return docker.listContainers({ filters, abortSignal: AbortSignal.timeout(3000) }).then(
      (running) => running.length > 0,
      () => false,
    );
  };
  void follow();
  return { gone, stop: () => stopping.abort() };
}
