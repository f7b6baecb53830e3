import type { Span, Trace } from '../backends/backend.ts';

/** Rows drawn at most: what a visitor can take in, on a screen that shows the talk too. */
const rowsShown = 20;
/** So many alike among the children of one span are drawn as a staircase. */
const foldFrom = 5;
/** A staircase: one span alone, to show what one of them takes, and then the others in so many steps. */
const steps = 3;
/** Waits for a connection and brackets of a transaction: they say nothing, unless they take this share of the trace. */
const noise = /^(?:pg-pool\.connect|pg\.connect|BEGIN|COMMIT|SAVEPOINT\b.*)$/u;
const worthShowing = 0.1;

/** Spans that are drawn in one row: one, or some alike under the same parent, one after the other. */
export interface Row {
  readonly spans: readonly Span[];
  readonly depth: number;
  readonly parent: Row | undefined;
}

/** The rows of a trace worth drawing, as a tree from top to bottom: what failed, and what took longest. Their ancestors come with them. */
export function rowsOf(trace: Trace): readonly Row[] {
  const rows = allRows(trace);
  const chosen = new Set<Row>();
  for (const row of rows.toSorted((a, b) => Number(failed(b)) - Number(failed(a)) || spentMs(b) - spentMs(a))) {
    const missing = lineOf(row).filter((one) => !chosen.has(one));
    if (chosen.size + missing.length <= rowsShown) for (const one of missing) chosen.add(one);
  }
  return rows.filter((row) => chosen.has(row));
}

export function failed({ spans }: Pick<Row, 'spans'>): boolean {
  return spans.some(({ status }) => status === 'error');
}

export function spentMs({ spans }: Pick<Row, 'spans'>): number {
  return spans.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** A query says more than the name of its span. */
export function textOf({ attributes, name }: Span): string {
  return String(attributes['db.query.text'] ?? attributes['db.statement'] ?? name).replace(/\s+/gu, ' ');
}

/** First and last moment of some spans, epoch ms. */
export function extent(spans: readonly Span[]): { readonly from: number; readonly to: number } {
  return {
    from: Math.min(...spans.map(({ startMs }) => startMs)),
    to: Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs)),
  };
}

function allRows({ spans }: Trace): readonly Row[] {
  const { from, to } = extent(spans);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const rows: Row[] = [];
  const visit = (children: readonly Span[], parent: Row | undefined): void => {
    for (const alike of folded(children.filter((span) => tells(span, to - from)))) {
      const row = { spans: alike, depth: parent ? parent.depth + 1 : 0, parent };
      rows.push(row);
      // What lies below the others of a staircase is like what lies below its first.
      if (alike.length > 1) continue;
      visit(
        spans.filter(({ parentSpanId }) => parentSpanId === alike[0]?.spanId),
        row,
      );
    }
  };
  visit(
    spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId)),
    undefined,
  );
  return rows;
}

function tells(span: Span, totalMs: number): boolean {
  return span.status === 'error' || span.durationMs > worthShowing * totalMs || !noise.test(textOf(span));
}

function folded(siblings: readonly Span[]): readonly (readonly Span[])[] {
  const groups = Map.groupBy(siblings, (span) => `${span.service}\n${span.kind}\n${textOf(span)}`);
  return [...groups.values()]
    .flatMap((alike) => (alike.length < foldFrom ? alike.map((span) => [span]) : staircase(alike)))
    .toSorted((a, b) => extent(a).from - extent(b).from);
}

function staircase(alike: readonly Span[]): readonly (readonly Span[])[] {
  const [first, ...others] = alike.toSorted((a, b) => a.startMs - b.startMs);
  const size = Math.ceil(others.length / steps);
  const rest = Array.from({ length: steps }, (_, step) => others.slice(step * size, (step + 1) * size));
  return [...(first ? [[first]] : []), ...rest.filter((some) => some.length > 0)];
}

/** The row and its ancestors. */
function lineOf(row: Row): readonly Row[] {
  return row.parent ? [...lineOf(row.parent), row] : [row];
}
