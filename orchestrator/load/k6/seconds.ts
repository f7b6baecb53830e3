import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { LoadProgress } from '../engine.ts';

/** Counts of a span of time; latencies in an HDR histogram of microseconds with three significant figures. */
export class Counts {
  iterations = 0;
  requests = 0;
  failed = 0;
  dropped = 0;
  readonly #latency: RecordableHistogram = createHistogram({ figures: 3 });

  /** Of a request, in milliseconds. */
  latency(ms: number): void {
    // A histogram takes whole numbers from 1.
    this.#latency.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** Milliseconds; 0 where there was no request. */
  percentile(percentile: number): number {
    return this.#latency.count === 0 ? 0 : this.#latency.percentile(percentile) / 1000;
  }
}

const secondMs = 1000;
/** k6 hands its samples over every 200 ms; a machine that is busy takes longer. */
const settleMs = 350;
/** Where nothing comes that is younger than the second, nothing of it is waited for any longer. */
const patienceMs = 1300;
const lookEveryMs = 50;

/**
 * Sorts samples into the seconds that they happened in, by their own time, and tells each second when it is over and all of it has come. What
 * comes for a second that has been told counts in the next one: nothing is lost, nothing counts twice.
 */
export class Seconds {
  readonly #onSecond: (progress: LoadProgress) => void;
  readonly #open = new Map<number, Counts>();
  readonly #timer: NodeJS.Timeout;
  /** Epoch ms at which the first second that has not been told begins. */
  #from: number;
  #latest = 0;
  #vus = 0;

  constructor(from: number, onSecond: (progress: LoadProgress) => void) {
    this.#from = from;
    this.#onSecond = onSecond;
    this.#timer = setInterval(() => this.#tellThoseThatAreOver(), lookEveryMs);
  }

  /** The counts of the second that a moment (epoch ms) is in. */
  at(moment: number): Counts {
    this.#latest = Math.max(this.#latest, moment);
    const behind = Math.max(0, Math.floor((moment - this.#from) / secondMs));
    const from = this.#from + behind * secondMs;
    const counts = this.#open.get(from) ?? new Counts();
    this.#open.set(from, counts);
    return counts;
  }

  vus(count: number): void {
    this.#vus = count;
  }

  /** Tells what is left, up to now. */
  end(now: number): void {
    clearInterval(this.#timer);
    while (this.#open.size > 0 && this.#from + secondMs <= now) this.#tell(this.#from + secondMs);
    if (this.#open.size > 0) this.#tell(now);
  }

  #tellThoseThatAreOver(): void {
    const now = Date.now();
    for (;;) {
      const end = this.#from + secondMs;
      const isWhole = this.#latest >= end && now >= end + settleMs;
      if (!isWhole && now < end + patienceMs) return;
      this.#tell(end);
    }
  }

  #tell(at: number): void {
    const counts = this.#open.get(this.#from) ?? new Counts();
    this.#open.delete(this.#from);
    this.#from += secondMs;
    const { iterations, requests, failed, dropped } = counts;
    this.#onSecond({
      at,
      iterations,
      requests,
      failed,
      dropped,
      p50Ms: counts.percentile(50),
      p95Ms: counts.percentile(95),
      vus: this.#vus,
    });
  }
}
