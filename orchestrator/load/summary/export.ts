import type { EndOfTest, ResultGroup, ResultMetric } from '../result.ts';

/**
 * The text of k6's `--summary-export`: values without a level of their own, a rate's share called `value`, and thresholds that are true where
 * they were crossed.
 */
export function summaryExport({ root_group, metrics, setup_data }: EndOfTest): string {
  return JSON.stringify(
    {
      root_group: group(root_group),
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, flat(metric)])),
      setup_data,
    },
    undefined,
    4,
  );
}

function flat({ type, values, thresholds }: ResultMetric): Readonly<Record<string, unknown>> {
  const { rate, ...others } = values;
  return {
    ...(type === 'rate' ? { ...others, value: rate } : values),
    ...(thresholds &&
      Object.keys(thresholds).length > 0 && {
        thresholds: Object.fromEntries(Object.entries(thresholds).map(([source, { ok }]) => [source, !ok])),
      }),
  };
}

function group({ name, path, id, groups, checks }: ResultGroup): Readonly<Record<string, unknown>> {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((inner) => [inner.name, group(inner)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}
