import Table from 'cli-table3';
import { footnotes, markOf } from './footnotes.ts';
import type { Evidence } from '../conductor/events.ts';
import type { Verdict } from '../expectations/expectation.ts';
import type { Summary, SummaryAct } from './summarise.ts';
import { duration, number, wrap } from './text.ts';
import type { Words } from './words.ts';

/** Values of the evidence shown per expectation. */
const valuesShown = 3;
const longestValue = 36;

export interface TableStyle {
  readonly words: Words;
  /** Columns that the table may take. */
  readonly width: number;
  readonly mark: (verdict: Verdict, text: string) => string;
}

/** The verdicts of a run on one backend as a table that fits the width. */
export function verdictTable(summary: Summary, style: TableStyle): string {
  const { words, width } = style;
  // Verdict, visible and recovery have their widths; the others share what is left.
  const free = Math.max(36, width - 44);
  const widths = { act: Math.floor(free * 0.22), text: Math.floor(free * 0.45), values: Math.floor(free * 0.33) };
  const table = new Table({ head: [...words.columns], style: { head: [], border: [], compact: true }, chars: borders });
  for (const act of summary.acts) {
    act.expectations.forEach((expectation, index) => {
      const { text, verdict, timeToVisibleMs, evidence } = expectation;
      table.push([
        wrap(index === 0 ? act.act : '', widths.act).join('\n'),
        wrap(words.expectation(text), widths.text).join('\n'),
        style.mark(verdict, `${words.verdict[verdict]}${markOf(expectation)}`),
        timeToVisibleMs === null ? '' : duration(timeToVisibleMs),
        valuesOf(evidence)
          .flatMap((value) => wrap(value, widths.values))
          .join('\n'),
        recoveryOf(act, expectation, style),
      ]);
    });
  }
  return [table.toString().replace(/ +$/gmu, ''), ...footnotes(summary, words)].join('\n');
}

/** No lines, only columns. */
export const borders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** `p95Ms 20 → 812`. */
function valuesOf({ before, now }: Evidence): readonly string[] {
  return Object.entries(now ?? {})
    .slice(0, valuesShown)
    .map(([name, value]) => {
      const was = before?.[name];
      const changed = was !== undefined && (typeof value === 'number' || was !== value);
      return changed ? `${name} ${short(was)} → ${short(value)}` : `${name} ${short(value)}`;
    });
}

/** A query's text would fill the table; the summary has all of it. */
function short(value: number | string): string {
  const text = number(value).replaceAll(/\s+/g, ' ');
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

function recoveryOf(
  act: SummaryAct,
  expectation: SummaryAct['expectations'][number],
  { words, mark }: TableStyle,
): string {
  const recovery = act.recovery.find(
    ({ text, backend }) => text === expectation.text && backend === expectation.backend,
  );
  if (!recovery) return '';
  const after = recovery.healedMs === null ? '' : ` ${duration(recovery.healedMs)}`;
  return mark(recovery.verdict, `${words.verdict[recovery.verdict]}${after}`);
}
