import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import junitReportBuilder, { type Builder, type TestSuite } from 'junit-report-builder';
import type { Verdict } from '../expectations/expectation.ts';
import type { Report, ReportOptions } from './report.ts';
import { createSummary, type Summary, type SummaryAct } from './summarise.ts';

// The package is CommonJS whose `module.exports` is the builder itself; its types say it were `module.exports.default`.
const junit = junitReportBuilder as unknown as Builder;

/** Writes `junit.xml` into the run's folder. */
export function createJunitReport({ runDir }: Pick<ReportOptions, 'runDir'>): Report {
  const summary = createSummary();
  return {
    event: (event) => summary.add(event),
    close: () => writeFile(join(runDir, 'junit.xml'), junitOf(summary.result())),
  };
}

/**
 * A run as JUnit XML: a suite per act, a case per expectation and recovery, and two per fault: in force, and taken back. `not-met` is a
 * failure, every other verdict but `met` an error of that type. Nothing is ever skipped, and a run that owes no verdict is an error too.
 */
export function junitOf(summary: Summary): string {
  const builder = junit.newBuilder();
  builder.name(summary.run.show);
  for (const act of summary.acts) addAct(builder.testSuite(), summary.run.show, act);
  if (!summary.acts.some(({ expectations }) => expectations.length > 0)) {
    const run = builder
      .testSuite()
      .name(summary.run.show)
      .testCase()
      .className(summary.run.show)
      .name('the show gives verdicts');
    run.error(summary.troubles[0] ?? 'the show gave no verdict', 'no-verdict', summary.troubles.join('\n'));
  }
  return builder.build();
}

function addAct(suite: TestSuite, show: string, act: SummaryAct): void {
  suite.name(`${show}.${act.act}`);
  if (act.startedAt !== null) suite.timestamp(act.startedAt);
  for (const { kind, text, backend, verdict, reason, timeToVisibleMs } of act.expectations) {
    addCase(suite, {
      className: `${show}.${act.act}`,
      name: `${kind}: ${text} [${backend}]`,
      ms: timeToVisibleMs,
      verdict,
      reason,
    });
  }
  for (const { text, backend, verdict, reason, healedMs } of act.recovery) {
    addCase(suite, {
      className: `${show}.${act.act}`,
      name: `recovery: ${text} [${backend}]`,
      ms: healedMs,
      verdict,
      reason,
    });
  }
  for (const { fault, on, injectedAt, proof, undoVerified } of act.faults) {
    const about = { className: `${show}.${act.act}`, ms: null };
    addCase(suite, {
      ...about,
      name: `in force: ${fault} on ${on}`,
      verdict: proof?.proven ? 'met' : 'not-applied',
      reason: proof?.evidence ?? 'it was not looked for',
    });
    if (injectedAt === null) continue;
    addCase(suite, {
      ...about,
      name: `taken back: ${fault} on ${on}`,
      verdict: undoVerified === true ? 'met' : 'not-met',
      reason: 'the source still shows it, or could not be asked',
    });
  }
}

interface Case {
  readonly className: string;
  readonly name: string;
  readonly ms: number | null;
  readonly verdict: Verdict;
  readonly reason: string;
}

function addCase(suite: TestSuite, { className, name, ms, verdict, reason }: Case): void {
  const test = suite.testCase().className(className).name(name);
  test.time((ms ?? 0) / 1_000);
  if (verdict === 'met') return;
  if (verdict === 'not-met') test.failure(reason, verdict);
  else test.error(reason, verdict);
}
