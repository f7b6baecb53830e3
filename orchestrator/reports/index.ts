import { createConsole } from './console.ts';
import { createJunitReport } from './junit.ts';
import type { Report, ReportOptions } from './report.ts';
import { createSummaryReport } from './summary.ts';

/** Every report by its name. */
export const reports = {
  console: createConsole,
  junit: createJunitReport,
  summary: createSummaryReport,
} satisfies Record<string, (options: ReportOptions) => Report>;
