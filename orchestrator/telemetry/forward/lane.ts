import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Window } from '../../backends/backend.ts';
import type { Clock } from '../../clock/clock.ts';
import { messageOf } from '../../errors.ts';
import type { Signal } from '../otlp/decode.ts';
import type { Destination } from './destination.ts';
import type { Accepted } from './forwarder.ts';
import { Losses } from './losses.ts';
import { joined, type Part, partsOf } from './parts.ts';
import { pauseMs } from './pauses.ts';
import type { Outcome, Sender } from './send.ts';

const pack = promisify<Buffer, Buffer>(gzip);

/** What a batch is given of the event loop and of the wire at once; larger ones bring nothing. */
const batchBytes = 2 * 1024 * 1024;

/** A span of the end of a window is accepted so much later: exporters send once a second. Milliseconds. */
const exportedWithinMs = 2000;

export interface LaneOptions {
  readonly signal: Signal;
  readonly url: string;
  readonly destination: Destination;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly maxQueueBytes: number;
  /** Ends the current attempt, and every wait. */
  readonly stop: AbortSignal;
}

/** One signal's way: a queue, and at most one request on the wire, so that the order is kept. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #origin: string;
  readonly #queue: Part[] = [];
  readonly #losses = new Losses();
  #queuedBytes = 0;
  #waiting = 0;
  #delivered = 0;
  #running = false;
  #trouble: string | undefined;
  /** Resolves when nothing waits any more, or `stop` has aborted. */
  idle: Promise<void> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#origin = new URL(options.url).origin;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  take(accepted: Accepted): void {
    const { destination, maxQueueBytes, stop } = this.#options;
    const { records, at, body } = accepted;
    if (records === 0) return;
    if (stop.aborted) return this.#losses.add(at, records, 'the run was over');
    if (this.#queuedBytes + body.length > maxQueueBytes) {
      const why = this.#trouble ?? `${this.#origin} is too slow`;
      return this.#losses.add(at, records, `${Math.round(maxQueueBytes / 1024)} KB were waiting already (${why})`);
    }
    try {
      const { parts, tooLarge } = partsOf(accepted, destination);
      for (const part of parts) this.#add(part);
      this.#losses.add(at, tooLarge, `a single record is larger than ${destination.maxRequestBytes} bytes`);
    } catch (error) {
      this.#losses.add(at, records, `cannot be written as ${destination.encoding}: ${messageOf(error)}`);
    }
    if (!this.#running && this.#queue.length > 0) {
      this.#running = true;
      this.idle = this.#run();
    }
  }

  counts(): { readonly delivered: number; readonly dropped: number; readonly waiting: number } {
    return { delivered: this.#delivered, dropped: this.#losses.total, waiting: this.#waiting };
  }

  missing({ from, to }: Window): { readonly dropped: number; readonly waiting: number; readonly reason?: string } {
    if (!(from < to)) return { dropped: 0, waiting: 0 };
    const until = to + exportedWithinMs;
    const late = this.#queue.filter(({ at }) => at >= from && at < until);
    const waiting = late.reduce((sum, { records }) => sum + records, 0);
    const { records: dropped, reason = waiting > 0 ? this.#trouble : undefined } = this.#losses.in({ from, to: until });
    return { dropped, waiting, ...(reason !== undefined && { reason }) };
  }

  /** Gives up whatever waits. */
  abandon(): void {
    const why = this.#trouble ?? 'it was still on its way when the run was over';
    for (const part of this.#queue.splice(0)) this.#lose(part, why);
  }

  #add(part: Part): void {
    this.#queue.push(part);
    this.#queuedBytes += part.bytes.length;
    this.#waiting += part.records;
  }

  async #run(): Promise<void> {
    const { stop } = this.#options;
    while (this.#queue.length > 0 && !stop.aborted) {
      const batch = this.#batch();
      const outcome = await this.#deliver(batch).catch((error: unknown): Outcome => {
        this.#trouble = messageOf(error);
        return { is: 'refused', trouble: this.#trouble };
      });
      if (outcome.is !== 'put-off') this.#settle(this.#queue.splice(0, batch.length), outcome);
    }
    this.#running = false;
  }

  #batch(): readonly Part[] {
    const limit = Math.min(batchBytes, this.#options.destination.maxRequestBytes);
    let bytes = 0;
    // A comma joins the lists of JSON, and both ends are counted in each part.
    const end = this.#queue.findIndex(({ bytes: { length } }) => (bytes += length) > limit);
    return this.#queue.slice(0, end === -1 ? this.#queue.length : Math.max(1, end));
  }

  /** `put-off` only when `stop` has aborted. */
  async #deliver(batch: readonly Part[]): Promise<Outcome> {
    const { signal, url, destination, sender, clock, stop } = this.#options;
    const plain = joined(signal, destination.encoding, batch);
    const body = destination.gzip ? await pack(plain) : plain;
    for (let failures = 1; ; failures += 1) {
      const outcome = await sender.send(url, body, stop);
      if (stop.aborted && outcome.is === 'put-off') return outcome;
      this.#trouble = outcome.trouble;
      if (outcome.is !== 'put-off') return outcome;
      await clock.sleep(outcome.afterMs ?? pauseMs(failures), stop).catch(() => undefined);
    }
  }

  #settle(batch: readonly Part[], outcome: Exclude<Outcome, { is: 'put-off' }>): void {
    // Which records were refused of a batch, nobody says.
    let rejected = outcome.is === 'refused' ? Infinity : outcome.rejected;
    for (const part of batch) {
      const lost = Math.min(rejected, part.records);
      rejected -= lost;
      this.#delivered += part.records - lost;
      this.#lose({ ...part, records: lost }, outcome.trouble ?? '');
      this.#waiting -= part.records - lost;
    }
  }

  #lose({ at, bytes, records }: Part, reason: string): void {
    this.#queuedBytes -= bytes.length;
    this.#waiting -= records;
    this.#losses.add(at, records, reason);
  }
}
