import type { Summary } from '../../orchestrator/reports/summarise.ts';

/** The median of the times after which a backend showed the anomalies of a run. */
export function medianOf({ acts }: Summary, backend: string): number {
  const times = acts
    .flatMap(({ expectations }) => expectations)
    .flatMap((one) => (one.backend === backend && one.timeToVisibleMs !== null ? [one.timeToVisibleMs] : []))
    .toSorted((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? Infinity;
}
