/** Of durations in milliseconds, at least one. */
export interface Durations {
  readonly count: number;
  readonly avgMs: number;
  /** Exact: interpolated linearly between the two nearest ranks, as SQL's `quantile_cont` does. */
  readonly p95Ms: number;
}

export function statisticsOf(durationsMs: readonly number[]): Durations {
  const sorted = Float64Array.from(durationsMs).toSorted();
  const rank = (sorted.length - 1) * 0.95;
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return {
    count: sorted.length,
    avgMs: sorted.reduce((sum, duration) => sum + duration, 0) / sorted.length,
    p95Ms: below + (rank - Math.floor(rank)) * (above - below),
  };
}

/** Groups by several texts at once. */
export function groupBy<T>(items: Iterable<T>, keys: (item: T) => readonly (string | undefined)[]): readonly T[][] {
  return [...Map.groupBy(items, (item) => JSON.stringify(keys(item))).values()];
}
