import type { Window } from '../backend.ts';
import { quoted } from './api.ts';

/** Two readings that are compared. Epoch milliseconds. */
export interface Readings {
  readonly from: number;
  readonly to: number;
}

/**
 * When the counters of a window are read: half a delay after its ends, because a span is counted at any time up to a delay after its own end,
 * and never later than now, where there are none yet. Undefined where nothing can be in it.
 */
export function readAt(
  { from, to }: Window,
  { delayMs, nowMs }: { delayMs: number; nowMs: number },
): Readings | undefined {
  // Written so that NaN is no window either.
  if (!(from < to)) return undefined;
  const later = (ms: number): number => Math.min(Math.max(0, Math.round(ms + delayMs / 2)), nowMs);
  const readings = { from: later(from), to: later(to) };
  return readings.from < readings.to ? readings : undefined;
}

/** Equalities of labels; an empty text also means that there is no such label. */
export function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, text]) => `${label}=${quoted(text)}`);
  return `${metric}{${matchers.join(', ')}}`;
}

export function at(series: string, ms: number): string {
  return `${series} @ ${ms / 1000}`;
}

/** All samples after `from` up to `to`. */
export function during(series: string, { from, to }: Readings): string {
  return `${series}[${to - from}ms] @ ${to / 1000}`;
}

/** By how much each counter grew. One that was not there at first began at zero. */
export function growth(series: string, { from, to }: Readings): string {
  return `(${at(series, to)} - (${at(series, from)} or ${at(series, to)} * 0))`;
}

/** A label of an answer: the first of its sources that has a value. */
export type Column = readonly Source[];

interface Source {
  readonly label: string;
  /** What its value must match as a whole, and where `$1` comes from. */
  readonly pattern?: string;
  readonly gives?: string;
}

/** A value of any kind; a query may have more than one line. */
const anything = '((?s:.+))';

/** The name of a column as a label, which must be none that the metrics have. */
export const columnLabel = (name: string): string => `asked_${name}`;

/** The same vector, each column a label of its own. */
export function withColumns(vector: string, columns: Readonly<Record<string, Column>>): string {
  let expression = vector;
  for (const [name, sources] of Object.entries(columns)) {
    for (const { label, pattern = anything, gives = '$1' } of sources.toReversed()) {
      const [to, from, regex] = [columnLabel(name), label, pattern].map(quoted);
      expression = `label_replace(${expression}, ${to}, ${quoted(gives)}, ${from}, ${regex})`;
    }
  }
  return expression;
}
