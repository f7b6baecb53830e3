import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { LoadProgress, LoadSummary } from '../../engine.ts';

/** Counts of one second, or of the whole run; latencies in an HDR histogram of microseconds with three significant figures. */
class Counts {
  iterations = 0;
  requests = 0;
  failed = 0;
  dropped = 0;
  readonly latency: RecordableHistogram = createHistogram({ figures: 3 });

  p(percentile: number): number {
    return this.requests === 0 ? 0 : this.latency.percentile(percentile) / 1000;
  }
}

/** What the run did so far, as the port tells it: latency counts from the moment that an iteration was due. Times in milliseconds. */
export class LoadMeter {
  readonly #total = new Counts();
  readonly #late = createHistogram({ figures: 3 });
  #second = new Counts();
  #starts = 0;

  started(lateMs: number): void {
    this.#starts += 1;
    this.#late.record(microseconds(lateMs));
  }

  request(latencyMs: number, failed: boolean): void {
    for (const counts of [this.#total, this.#second]) {
      counts.requests += 1;
      if (failed) counts.failed += 1;
      counts.latency.record(microseconds(latencyMs));
    }
  }

  iteration(): void {
    this.#total.iterations += 1;
    this.#second.iterations += 1;
  }

  dropped(count: number): void {
    this.#total.dropped += count;
    this.#second.dropped += count;
  }

  /** What happened since the last call. */
  takeSecond(at: number, vus: number): LoadProgress {
    const second = this.#second;
    this.#second = new Counts();
    const { iterations, requests, failed, dropped } = second;
    return { at, iterations, requests, failed, dropped, p50Ms: second.p(50), p95Ms: second.p(95), vus };
  }

  summary(): Omit<LoadSummary, 'checks' | 'thresholds'> {
    const { iterations, requests, failed, dropped } = this.#total;
    const lateP99Ms = this.#starts === 0 ? 0 : this.#late.percentile(99) / 1000;
    return { iterations, requests, failed, dropped, p95Ms: this.#total.p(95), lateP99Ms };
  }
}

/** A histogram takes whole numbers from 1. */
const microseconds = (ms: number): number => Math.max(1, Math.round(ms * 1000));
