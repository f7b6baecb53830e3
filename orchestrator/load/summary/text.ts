import pico from 'picocolors';
import type { CheckCount, ResultMetric, TestResult } from '../result.ts';
import { columnsFor, type Columns, displayName, show, type ShowOptions, type Shown, textWidth } from './columns.ts';
import { checkMetrics } from './check-metrics.ts';
import { sectionsOf } from './sections.ts';
import { thresholdLines } from './thresholds.ts';

export type Paint = ReturnType<typeof pico.createColors>;

const leastDots = 3;

/** k6's end-of-test text, from its first empty line to its last. */
export function endOfTestText(result: TestResult, { colors }: { readonly colors: boolean }): string {
  const paint = pico.createColors(colors);
  const thresholds = thresholdLines(result, paint);
  const lines = [
    ...(thresholds.length > 0 ? [...title('THRESHOLDS', paint), ...thresholds, ''] : []),
    ...title('TOTAL RESULTS', paint),
    ...checkLines(result, paint),
    ...metricLines(result, paint),
    '',
  ];
  return `\n\n${lines.join('\n')}\n\n`;
}

const title = (text: string, paint: Paint): readonly string[] => [`  █ ${paint.bold(text)} `, ''];

function checkLines({ end, checks }: TestResult, paint: Paint): readonly string[] {
  const metrics = checkMetrics(end);
  if (!metrics) return [];
  const lines = shown(Object.entries(metrics), end.options);
  const columns = columnsFor(lines);
  return [
    ...lines.map((line) => metricLine(line, columns, paint)),
    '',
    ...checks.flatMap((check) => checkLine(check, paint)),
    '',
  ];
}

function checkLine({ name, passes, fails }: CheckCount, paint: Paint): readonly string[] {
  if (fails === 0) return [`    ${paint.green(`✓ ${name}`)}`];
  const percent = Math.floor((100 * passes) / (passes + fails));
  return [`    ${paint.red(`✗ ${name}`)}`, `      ${paint.red(`↳  ${percent}% — ✓ ${passes} / ✗ ${fails}`)}`];
}

function metricLines({ end }: TestResult, paint: Paint): readonly string[] {
  const sections = sectionsOf(end.metrics).map((section) => ({
    heading: section.title,
    lines: shown(section.metrics, end.options),
  }));
  const columns = columnsFor(sections.flatMap(({ lines }) => lines));
  return sections.flatMap(({ heading, lines }) => [
    `    ${paint.bold(heading)}`,
    ...lines.map((line) => metricLine(line, columns, paint)),
    '',
  ]);
}

const shown = (
  metrics: readonly (readonly [string, ResultMetric])[],
  options: ShowOptions,
): readonly (readonly [string, Shown])[] => metrics.map(([name, metric]) => [name, show(metric, options)]);

function metricLine([name, values]: readonly [string, Shown], columns: Columns, paint: Paint): string {
  const label = displayName(name);
  const dots = '.'.repeat(columns.name - textWidth(label) + leastDots);
  return `    ${label}${paint.dim(paint.white(`${dots}:`))} ${valuesText(values, columns, paint)}`;
}

function valuesText(values: Shown, columns: Columns, paint: Paint): string {
  if ('stats' in values) {
    return values.stats
      .map(({ name, text }, column) => `${name}=${paint.cyan(text)}${gap(text, columns.stats[column])}`)
      .join(' ');
  }
  const [first = '', ...more] = values.extras;
  // A single one needs no column after it.
  const extras = more.length === 0 ? [first] : values.extras.map((text, at) => text + gap(text, columns.extras[at]));
  const faint = extras.map((text) => paint.dim(paint.cyan(text)));
  return [`${paint.cyan(values.value)}${gap(values.value, columns.value)}`, ...faint].join(' ');
}

const gap = (text: string, width = 0): string => ' '.repeat(Math.max(0, width - textWidth(text)));
