import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { LoadProgress, LoadSummary } from '../engine.ts';
import type { IterationReport } from './protocol.ts';

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

/** What the run did so far. Times in milliseconds. */
export class LoadMetrics {
  readonly #total = new Counts();
  readonly #late = createHistogram({ figures: 3 });
  readonly #checks = new Map<string, { passes: number; fails: number }>();
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

  iteration(checks: IterationReport['checks']): void {
    this.#total.iterations += 1;
    this.#second.iterations += 1;
    for (const { name, passes, fails } of checks) {
      const sum = this.#checks.get(name) ?? { passes: 0, fails: 0 };
      this.#checks.set(name, { passes: sum.passes + passes, fails: sum.fails + fails });
    }
  }

  dropped(): void {
    this.#total.dropped += 1;
    this.#second.dropped += 1;
  }

  /** What happened since the last call. */
  takeSecond(at: number, vus: number): LoadProgress {
    const second = this.#second;
    this.#second = new Counts();
    const { iterations, requests, failed, dropped } = second;
    return { at, iterations, requests, failed, dropped, p50Ms: second.p(50), p95Ms: second.p(95), vus };
  }

  summary(): LoadSummary {
    const { iterations, requests, failed, dropped } = this.#total;
    return {
      iterations,
      requests,
      failed,
      dropped,
      p95Ms: this.#total.p(95),
      lateP99Ms: this.#starts === 0 ? 0 : this.#late.percentile(99) / 1000,
      checks: [...this.#checks].map(([name, counts]) => ({ name, ...counts })),
    };
  }
}

/** A histogram takes whole numbers from 1. */
const microseconds = (ms: number): number => Math.max(1, Math.round(ms * 1000));
