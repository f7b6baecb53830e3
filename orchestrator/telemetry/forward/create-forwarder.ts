import type { Clock } from '../../clock/clock.ts';
import { realClock } from '../../clock/real-clock.ts';
import type { Signal } from '../otlp/decode.ts';
import type { Destination } from './destination.ts';
import type { Forwarder } from './forwarder.ts';
import { Lane } from './lane.ts';
import { sender } from './send.ts';

export interface ForwarderOptions {
  /** Of the backend. */
  readonly name: string;
  readonly destination: Destination;
  readonly clock?: Clock;
  /** Bytes that may wait, of each signal: half a minute of a busy shop. */
  readonly maxQueueBytes?: number;
  /** The longest one attempt may take, from the connection to the end of the answer. */
  readonly attemptMs?: number;
  /** How long the end waits for what is still to be sent. */
  readonly closeMs?: number;
}

/**
 * Forwards by the rules of OTLP/HTTP: what cannot be taken now is sent again (429, 502, 503, 504, no connection, no answer in time),
 * after `Retry-After` or a growing pause; what is refused is dropped. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 * Each signal has its own queue, so that one which a backend does not take holds up no other.
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { name, destination, clock = realClock, attemptMs = 10_000, closeMs = 5000 } = options;
  const { maxQueueBytes = 32 * 1024 * 1024 } = options;
  const stop = new AbortController();
  const shared = {
    destination,
    sender: sender(destination, { attemptMs, now: () => clock.now() }),
    clock,
    maxQueueBytes,
  };
  const lanes = new Map(
    Object.entries(destination.urls).map(([signal, url]) => [
      signal as Signal,
      new Lane({ ...shared, signal: signal as Signal, url, stop: stop.signal }),
    ]),
  );
  const each = <T>(ask: (lane: Lane) => T): T[] => [...lanes.values()].map(ask);
  let closed: Promise<void> | undefined;

  async function end(): Promise<void> {
    const waited = new AbortController();
    const deadline = clock.sleep(closeMs, waited.signal).catch(() => undefined);
    await Promise.race([Promise.all(each((lane) => lane.idle)), deadline]);
    waited.abort();
    stop.abort();
    await Promise.all(each((lane) => lane.idle));
    each((lane) => lane.abandon());
    await shared.sender.close();
  }

  return {
    name,
    take: (accepted) => lanes.get(accepted.signal)?.take(accepted),
    counts: () => sumOf(each((lane) => lane.counts())),
    missing(window) {
      const found = each((lane) => lane.missing(window));
      const { dropped, waiting } = sumOf(found);
      const trouble = found.find(({ reason }) => reason !== undefined)?.reason;
      return { dropped, waiting, ...(trouble !== undefined && { trouble }) };
    },
    get trouble() {
      return each((lane) => lane.trouble).find((trouble) => trouble !== undefined);
    },
    close: () => (closed ??= end()),
  };
}

interface Sum {
  readonly delivered: number;
  readonly dropped: number;
  readonly waiting: number;
}

function sumOf(counts: readonly Partial<Sum>[]): Sum {
  const of = (key: keyof Sum): number => counts.reduce((sum, count) => sum + (count[key] ?? 0), 0);
  return { delivered: of('delivered'), dropped: of('dropped'), waiting: of('waiting') };
}
