import type { EndOfTest, ResultMetric, TestResult } from '../result.ts';
import { show } from './columns.ts';
import { humanize, kindOf } from './humanize.ts';
import { byName, parentOf, tagsOf } from './sections.ts';
import type { Paint } from './text.ts';

/** Each metric that has thresholds, then each threshold with the value that it was held against. */
export function thresholdLines({ end, percentiles }: TestResult, paint: Paint): readonly string[] {
  const judged = Object.entries(end.metrics).filter(([, { thresholds = {} }]) => Object.keys(thresholds).length > 0);
  const names = new Set(judged.map(([name]) => name));
  return byName(judged).flatMap(([name, metric]) => {
    const below = tagsOf(name) !== '' && names.has(parentOf(name));
    const indent = below ? '      ' : '    ';
    const marks = Object.entries(metric.thresholds ?? {}).map(([source, { ok }]) => {
      const asked = statOf(source);
      const value = valueOf({ ...metric, values: { ...percentiles[name], ...metric.values } }, asked, end.options);
      const held = [paint.white(asked), paint.cyan(value)].join('=');
      return `${indent}${ok ? paint.green('✓') : paint.red('✗')} ${paint.white(`'${source.trim()}'`)} ${held}`;
    });
    return [`${indent}${below ? tagsOf(name) : name}`, ...marks, ''];
  });
}

/** `p(95)` of `p(95)<500`. */
const statOf = (source: string): string => source.split(/[=><]/, 1)[0]?.trim() ?? '';

/** Empty where neither the summary's statistics nor the percentiles of thresholds have it, as in k6. */
function valueOf(metric: ResultMetric, stat: string, options: EndOfTest['options']): string {
  if (metric.type === 'trend') {
    const value = metric.values[stat];
    if (value === undefined) return '';
    return stat === 'count' ? String(value) : humanize(value, kindOf(metric), options.summaryTimeUnit);
  }
  const shown = show(metric, options);
  if (!('value' in shown)) return '';
  return metric.type === 'counter' && stat !== 'count' ? (shown.extras[0] ?? '') : shown.value;
}
