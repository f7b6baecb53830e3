import type { MetricType } from '../embedded/metrics/samples.ts';
import type { ResultMetric } from '../result.ts';
import { humanize, kindOf } from './humanize.ts';

/** A metric's values as text: `avg=1.5s`, … of a trend, or one value and what explains it. */
export type Shown =
  | { readonly stats: readonly { readonly name: string; readonly text: string }[] }
  | { readonly value: string; readonly extras: readonly string[] };

/** How wide each column is, so that values stand below each other. */
export interface Columns {
  readonly name: number;
  readonly stats: readonly number[];
  readonly value: number;
  readonly extras: readonly number[];
}

export interface ShowOptions {
  readonly summaryTrendStats: readonly string[];
  readonly summaryTimeUnit: string;
}

/** The values of a metric as k6 shows them in a line. */
export function show(metric: ResultMetric, { summaryTrendStats, summaryTimeUnit }: ShowOptions): Shown {
  const { type, values } = metric;
  const text = (name: string): string => humanize(values[name] ?? 0, kindOf(metric), summaryTimeUnit);
  if (type === 'trend') {
    const statOf = (name: string): string => (name === 'count' ? String(values['count'] ?? 0) : text(name));
    return { stats: summaryTrendStats.map((name) => ({ name, text: statOf(name) })) };
  }
  const { passes = 0, fails = 0 } = values;
  const plain: Readonly<Record<Exclude<MetricType, 'trend'>, Shown>> = {
    counter: { value: text('count'), extras: [`${text('rate')}/s`] },
    gauge: { value: text('value'), extras: [`min=${text('min')}`, `max=${text('max')}`] },
    rate: { value: text('rate'), extras: [`${passes} out of ${passes + fails}`] },
  };
  return plain[type];
}

/** The name as it stands in a line; a submetric below its metric, by its tags. */
export function displayName(name: string): string {
  const brace = name.indexOf('{');
  return brace < 0 ? name : `  { ${name.slice(brace + 1, -1)} }`;
}

/** The columns that all these metrics fit in. */
export function columnsFor(lines: readonly (readonly [string, Shown])[]): Columns {
  const shown = lines.map(([, each]) => each);
  return {
    name: widest(lines.map(([name]) => displayName(name))),
    stats: columnWidths(shown.map((each) => ('stats' in each ? each.stats.map(({ text }) => text) : []))),
    value: widest(shown.map((each) => ('value' in each ? each.value : ''))),
    extras: columnWidths(shown.map((each) => ('extras' in each ? each.extras : []))),
  };
}

function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, column) => widest(rows.map((row) => row[column] ?? '')));
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(textWidth));

/** Characters, as k6 counts them: a wide one is one too. */
export const textWidth = (text: string): number => Array.from(text.normalize('NFKC')).length;
