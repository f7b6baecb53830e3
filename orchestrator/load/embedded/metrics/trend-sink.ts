import type { Sink } from './sinks.ts';

/** So many values are kept as they are, 0.8 MB of them. */
export const exactValues = 100_000;
/** Width of a bucket, relative to its values. */
const width = 0.001;

/**
 * The values of a trend. Percentiles are exact, interpolated between neighbours as in k6, up to 100 000 values; beyond, values are counted in
 * buckets a thousandth wide: a percentile is then the mean of its rank's bucket, right within 0.1 % and without interpolation (exact where a bucket has one value only), and memory stays bounded for a load of days.
 * Smallest, largest, sum and count are always exact.
 */
export class TrendSink implements Sink {
  #values: Float64Array = new Float64Array(64);
  #count = 0;
  /** So many of the kept values are in order. */
  #ordered = 0;
  #sum = 0;
  #min = 0;
  #max = 0;
  #buckets: Buckets | undefined;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(value: number): void {
    this.#min = this.#count === 0 ? value : Math.min(this.#min, value);
    this.#max = this.#count === 0 ? value : Math.max(this.#max, value);
    this.#sum += value;
    if (this.#count === exactValues) {
      this.#buckets = new Buckets(this.#values);
      this.#values = new Float64Array(0);
    }
    if (this.#buckets) this.#buckets.add(value);
    else this.#keep(value);
    this.#count += 1;
  }

  read(method: string): number | undefined {
    switch (method) {
      case 'min':
        return this.#min;
      case 'max':
        return this.#max;
      case 'avg':
        return this.#count === 0 ? 0 : this.#sum / this.#count;
      case 'med':
        return this.#percentile(0.5);
      case 'count':
        return this.#count;
      default:
        return this.#percentile(Number(/^p\((.+)\)$/.exec(method)?.[1]) / 100);
    }
  }

  values(_durationMs: number, trendStats: readonly string[]): Record<string, number> {
    return Object.fromEntries(trendStats.map((stat) => [stat, this.read(stat) ?? 0]));
  }

  #keep(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(Math.min(exactValues, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = value;
  }

  /** `part` of 0 to 1; between two values in a straight line. */
  #percentile(part: number): number {
    if (this.#count === 0) return 0;
    const rank = part * (this.#count - 1);
    const low = Math.floor(rank);
    if (this.#buckets) return Math.min(this.#max, Math.max(this.#min, this.#buckets.at(low)));
    this.#order();
    const below = this.#values[low] ?? 0;
    const above = this.#values[Math.ceil(rank)] ?? 0;
    return below + (above - below) * (rank - low);
  }

  /** Orders what came since the last time, and merges it from the back into what is ordered already. */
  #order(): void {
    if (this.#ordered === this.#count) return;
    const added = this.#values.subarray(this.#ordered, this.#count).toSorted();
    let write = this.#count - 1;
    let old = this.#ordered - 1;
    for (let next = added.length - 1; next >= 0; write -= 1) {
      const value = added[next] ?? 0;
      const kept = old >= 0 ? (this.#values[old] ?? 0) : -Infinity;
      this.#values[write] = Math.max(value, kept);
      if (kept > value) old -= 1;
      else next -= 1;
    }
    this.#ordered = this.#count;
  }
}

interface Bucket {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** Values by magnitude; a bucket stands for their mean. */
class Buckets {
  readonly #buckets = new Map<number, Bucket>();
  #keys: readonly number[] | undefined;

  constructor(values: Float64Array) {
    for (const value of values) this.add(value);
  }

  add(value: number): void {
    const key = keyOf(value);
    const bucket = this.#buckets.get(key);
    if (bucket) {
      bucket.count += 1;
      bucket.sum += value;
      bucket.min = Math.min(bucket.min, value);
      bucket.max = Math.max(bucket.max, value);
      return;
    }
    this.#keys = undefined;
    this.#buckets.set(key, { count: 1, sum: value, min: value, max: value });
  }

  /** The value of a rank, counted from 0. */
  at(rank: number): number {
    this.#keys ??= [...this.#buckets.keys()].toSorted((a, b) => a - b);
    let seen = 0;
    for (const key of this.#keys) {
      const bucket = this.#buckets.get(key);
      if (!bucket) continue;
      seen += bucket.count;
      // Sums are rounded.
      if (seen > rank) return Math.min(bucket.max, Math.max(bucket.min, bucket.sum / bucket.count));
    }
    return 0;
  }
}

const base = Math.log1p(width);
/** Keys of positive numbers are positive: no finite number is smaller than `e^(-offset × base)`. */
const offset = 750_000;

function keyOf(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * (Math.round(Math.log(Math.abs(value)) / base) + offset);
}
