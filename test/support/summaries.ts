import type { Summary } from '../../orchestrator/reports/summarise.ts';

/** The median of the times after which a backend showed the anomalies of a run. */
export function medianOf({ acts }: Summary, backend: string): number {
  const times = acts
    .flatMap(({ expectations }) => expectations)
    .flatMap((one) => (one.backend === backend && one.timeToVisibleMs !== null ? [one.timeToVisibleMs] : []))
    .toSorted((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? Infinity;
}

/** Every verdict of a run, of recoveries too; of one backend, if named. */
export function verdictsOf({ acts }: Summary, backend?: string) {
  return acts
    .flatMap(({ expectations, recovery }) => [...expectations, ...recovery])
    .filter((one) => backend === undefined || one.backend === backend);
}

export const notMet = (summary: Summary, backend?: string) =>
  verdictsOf(summary, backend).filter(({ verdict }) => verdict !== 'met');
