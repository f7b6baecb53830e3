import type { ResultMetric, TestResult } from '../result.ts';
import { checkMetrics } from './check-metrics.ts';
import { custom, sectionsOf } from './sections.ts';

/** Of the form, which k6 counts by itself. */
const version = '1.0.0';
/** The k6 that is followed, and that it was not k6 itself. */
const playedAs = '2.2.0+showrunner';
const trendStats = ['avg', 'max', 'med', 'min', 'p(90)', 'p(95)'];

/** k6's machine-readable summary, `--new-machine-readable-summary`; what `handleSummary` gets then, too. */
export function machineReadableSummary(result: TestResult, generatedAt: Date): Readonly<Record<string, unknown>> {
  const { end, checks, script } = result;
  const ofChecks = checkMetrics(end);
  const { checks_total, checks_failed, checks_succeeded } = ofChecks ?? {};
  const sections = sectionsOf(end.metrics);
  return {
    config: { duration: end.state.testRunDurationMs / 1000, execution: 'local', script },
    metadata: { generated_at: generatedAt.toISOString(), k6_version: playedAs },
    results: {
      checks: {
        metrics: Object.entries({ checks_total, checks_failed, checks_succeeded }).flatMap(([name, metric]) =>
          metric ? [described(name, metric)] : [],
        ),
        results: ofChecks ? checks.map(({ name, passes, fails }) => ({ fails, name, passes })) : [],
      },
      // The script's own are the last here.
      metrics: [
        ...sections.filter((each) => each.title !== custom),
        ...sections.filter(({ title }) => title === custom),
      ]
        .flatMap(({ metrics }) => metrics)
        .map(([name, metric]) => described(name, metric)),
    },
    version,
  };
}

const described = (name: string, metric: ResultMetric): Readonly<Record<string, unknown>> => ({
  contains: metric.contains,
  name,
  type: metric.type,
  values: valuesOf(metric),
});

function valuesOf({ type, values }: ResultMetric): Readonly<Record<string, number | null>> {
  const { count = 0, max = 0, min = 0, value = 0, passes = 0, fails = 0, rate = 0 } = values;
  return {
    counter: { count },
    gauge: { max, min, value },
    rate: { matches: passes, rate, total: passes + fails },
    trend: Object.fromEntries(trendStats.map((stat) => [stat.replaceAll(/[()]/g, ''), values[stat] ?? null])),
  }[type];
}
