import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../errors.ts';
import type { Report } from '../reports/report.ts';
import type { RunEvent, RunEventBody } from './events.ts';

export interface Emitter {
  /** Stamps the event with the time and gives it to every listener, in the same order to each. Never throws. */
  emit(body: RunEventBody): void;
  /** Closes every listener in order (the journal last: it records the failures of the others), even after one fails, and returns the names of those that failed at any time. */
  close(): Promise<readonly string[]>;
}

export interface EmitterOptions {
  readonly clock: Clock;
  readonly listeners: Readonly<Record<string, Report>>;
  /** Called once per listener, at its first failure. */
  readonly onListenerFailure: (name: string, error: unknown) => void;
}

/** The run's one stream of events. A listener can't kill the show and can't hide its own failure. */
export function createEmitter({ clock, listeners, onListenerFailure }: EmitterOptions): Emitter {
  const failed = new Set<string>();
  const queue: RunEvent[] = [];
  let dispatching = false;

  function fail(name: string, error: unknown): void {
    if (failed.has(name)) return;
    failed.add(name);
    onListenerFailure(name, error);
    emit({ type: 'trouble', message: `the ${name} report failed: ${messageOf(error)}` });
  }

  function dispatch(event: RunEvent): void {
    for (const [name, listener] of Object.entries(listeners)) {
      try {
        listener.event(event);
      } catch (error) {
        fail(name, error);
      }
    }
  }

  function emit(body: RunEventBody): void {
    // Through JSON, so that a listener sees exactly what a replay of the journal would show it.
    queue.push(JSON.parse(JSON.stringify({ at: clock.now(), ...body })) as RunEvent);
    // An event emitted by a listener waits, so that every listener sees the same order.
    if (dispatching) return;
    dispatching = true;
    for (let event = queue.shift(); event; event = queue.shift()) dispatch(event);
    dispatching = false;
  }

  async function close(): Promise<readonly string[]> {
    for (const [name, listener] of Object.entries(listeners)) {
      try {
        await listener.close();
      } catch (error) {
        fail(name, error);
      }
    }
    return [...failed];
  }

  return { emit, close };
}
