import type { EndOfTest, ResultMetric } from '../result.ts';

/** The three metrics that k6 makes of `checks` for its summary, in the order of the text; undefined where no check was made. */
export function checkMetrics({ metrics, state }: EndOfTest): Readonly<Record<string, ResultMetric>> | undefined {
  const checks = metrics['checks'];
  if (!checks) return undefined;
  const { passes = 0, fails = 0, rate = 0 } = checks.values;
  const total = passes + fails;
  const seconds = state.testRunDurationMs / 1000;
  const contains = 'default';
  return {
    checks_total: { type: 'counter', contains, values: { count: total, rate: seconds > 0 ? total / seconds : 0 } },
    checks_succeeded: { type: 'rate', contains, values: { rate, passes, fails } },
    checks_failed: {
      type: 'rate',
      contains,
      values: { rate: total > 0 ? fails / total : 0, passes: fails, fails: passes },
    },
  };
}
