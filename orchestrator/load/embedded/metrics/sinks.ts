import type { MetricType } from './samples.ts';
import { TrendSink } from './trend-sink.ts';

/** What the values of one metric come to. */
export interface Sink {
  add(value: number): void;
  readonly isEmpty: boolean;
  /** What a threshold's left side, or a column of the summary, stands for; undefined where there is no such value (yet). */
  read(method: string, durationMs: number): number | undefined;
  /** The values of `handleSummary`'s data; `trendStats` are the columns of a trend. */
  values(durationMs: number, trendStats: readonly string[]): Record<string, number>;
}

export class CounterSink implements Sink {
  isEmpty = true;
  #count = 0;

  add(value: number): void {
    this.#count += value;
    this.isEmpty = false;
  }

  read(method: string, durationMs: number): number | undefined {
    if (method === 'count') return this.#count;
    return method === 'rate' && durationMs > 0 ? this.#count / (durationMs / 1000) : undefined;
  }

  values(durationMs: number): Record<string, number> {
    return { count: this.#count, rate: this.read('rate', durationMs) ?? 0 };
  }
}

export class GaugeSink implements Sink {
  isEmpty = true;
  #value = 0;
  #min = 0;
  #max = 0;

  add(value: number): void {
    this.#value = value;
    this.#min = this.isEmpty ? value : Math.min(this.#min, value);
    this.#max = this.isEmpty ? value : Math.max(this.#max, value);
    this.isEmpty = false;
  }

  read(method: string): number | undefined {
    return method === 'value' ? this.#value : undefined;
  }

  values(): Record<string, number> {
    return { value: this.#value, min: this.#min, max: this.#max };
  }
}

export class RateSink implements Sink {
  #passes = 0;
  #total = 0;

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  add(value: number): void {
    this.#total += 1;
    if (value !== 0) this.#passes += 1;
  }

  read(method: string): number | undefined {
    return method === 'rate' && this.#total > 0 ? this.#passes / this.#total : undefined;
  }

  values(): Record<string, number> {
    return { rate: this.read('rate') ?? 0, passes: this.#passes, fails: this.#total - this.#passes };
  }
}

const sinks: Readonly<Record<MetricType, () => Sink>> = {
  counter: () => new CounterSink(),
  gauge: () => new GaugeSink(),
  rate: () => new RateSink(),
  trend: () => new TrendSink(),
};

export function sinkOf(type: MetricType): Sink {
  return sinks[type]();
}
