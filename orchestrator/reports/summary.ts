import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report, ReportOptions } from './report.ts';
import { createSummary } from './summarise.ts';

/** Writes `summary.json` into the run's folder. */
export function createSummaryReport({ runDir }: Pick<ReportOptions, 'runDir'>): Report {
  const summary = createSummary();
  return {
    event: (event) => summary.add(event),
    close: () => writeFile(join(runDir, 'summary.json'), `${JSON.stringify(summary.result(), undefined, 2)}\n`),
  };
}
