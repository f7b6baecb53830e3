import type { Span, Trace } from '../backends/backend.ts';
import { duration, fit } from './text.ts';

/** Spans shown at most; the rest is counted. */
const rowsShown = 24;
/** So many alike among the children of one span are shown as one row. */
const foldFrom = 3;

export interface WaterfallStyle {
  readonly error: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Spans that are drawn in one row: one, or many alike under the same parent. */
interface Row {
  readonly spans: readonly Span[];
  readonly depth: number;
}

/** Draws a trace as a tree with a bar for each span's time, `width` columns wide; repeated siblings fold into one row `×40`. */
export function waterfall(trace: Trace, width: number, style: WaterfallStyle): readonly string[] {
  const first = Math.min(...trace.spans.map(({ startMs }) => startMs));
  const total = Math.max(...trace.spans.map(endOf)) - first;
  const rows = rowsOf(trace);
  const barWidth = Math.min(24, Math.max(10, Math.floor(width / 4)));
  const nameWidth = width - barWidth - 12;
  const lines = rows.slice(0, rowsShown).map((row) => {
    const failed = row.spans.some(({ status }) => status === 'error');
    const times = row.spans.length > 1 ? ` ×${row.spans.length}` : '';
    const label =
      fit(`${'  '.repeat(row.depth)}${failed ? '✗ ' : ''}${labelOf(row.spans)}`, nameWidth - times.length) + times;
    const bar = barOf(row.spans, { first, total, width: barWidth });
    const line = `${label} ${bar} ${spent(row.spans).padStart(10)}`;
    return failed ? style.error(line) : line;
  });
  const hidden = rows.slice(rowsShown).reduce((sum, { spans }) => sum + spans.length, 0);
  return hidden > 0 ? [...lines, style.dim(`… +${hidden}`)] : lines;
}

function rowsOf({ spans }: Trace): readonly Row[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const rows: Row[] = [];
  const visit = (children: readonly Span[], depth: number): void => {
    for (const alike of folded(children)) {
      rows.push({ spans: alike, depth });
      // What lies below a folded row is as repeated as the row itself.
      if (alike.length === 1)
        visit(
          spans.filter(({ parentSpanId }) => parentSpanId === alike[0]?.spanId),
          depth + 1,
        );
    }
  };
  visit(
    spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId)),
    0,
  );
  return rows;
}

function folded(siblings: readonly Span[]): readonly (readonly Span[])[] {
  const groups = Map.groupBy(siblings, (span) => `${span.service}\n${span.kind}\n${textOf(span)}`);
  return [...groups.values()]
    .flatMap((alike) => (alike.length >= foldFrom ? [alike] : alike.map((span) => [span])))
    .toSorted((a, b) => startOf(a) - startOf(b));
}

function labelOf([span]: readonly Span[]): string {
  return span ? `${span.service}  ${textOf(span)}` : '';
}

/** A query says more than the name of its span. */
function textOf({ attributes, name }: Span): string {
  return String(attributes['db.query.text'] ?? attributes['db.statement'] ?? name).replace(/\s+/gu, ' ');
}

function spent(spans: readonly Span[]): string {
  return duration(spans.reduce((sum, { durationMs }) => sum + durationMs, 0));
}

function barOf(
  spans: readonly Span[],
  { first, total, width }: { first: number; total: number; width: number },
): string {
  const scale = total > 0 ? width / total : 0;
  const from = Math.min(width - 1, Math.floor((startOf(spans) - first) * scale));
  const to = Math.min(width, Math.max(from + 1, Math.ceil((Math.max(...spans.map(endOf)) - first) * scale)));
  return `${' '.repeat(from)}${'█'.repeat(to - from)}${' '.repeat(width - to)}`;
}

function startOf(spans: readonly Span[]): number {
  return Math.min(...spans.map(({ startMs }) => startMs));
}

function endOf({ startMs, durationMs }: Span): number {
  return startMs + durationMs;
}
