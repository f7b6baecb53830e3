import type { Span, Trace } from '../backends/backend.ts';
import { duration, fit } from './text.ts';
import { extent, failed, type Row, rowsOf, spentMs, textOf } from './trace-rows.ts';

export interface WaterfallStyle {
  readonly error: (text: string) => string;
  readonly dim: (text: string) => string;
}

/**
 * Draws a trace as a tree with a bar for each span's time, `width` columns wide: what failed with its exception, what took longest,
 * and repeated siblings as a staircase. The spans left out are counted.
 */
export function waterfall(trace: Trace, width: number, style: WaterfallStyle): readonly string[] {
  const { from, to } = extent(trace.spans);
  const barWidth = Math.min(24, Math.max(10, Math.floor(width / 4)));
  const rows = rowsOf(trace);
  const lines = rows.flatMap((row) => {
    const bar = barOf(row, { first: from, total: to - from, width: barWidth });
    const line = `${labelOf(row, width - barWidth - 12)} ${bar} ${duration(spentMs(row)).padStart(10)}`;
    if (!failed(row)) return [line];
    const exception = exceptionOf(row, width);
    return [line, ...(exception === undefined ? [] : [exception])].map(style.error);
  });
  const hidden = trace.spans.length - rows.reduce((sum, { spans }) => sum + spans.length, 0);
  return hidden > 0 ? [...lines, style.dim(`… +${hidden}`)] : lines;
}

/** `✗ checkout 1.9.0  POST /orders`, `payment  POST → bank`, `catalog  SELECT … ×13`. */
function labelOf(row: Row, width: number): string {
  const [span] = row.spans;
  const times = row.spans.length > 1 ? ` ×${row.spans.length}` : '';
  const text = span ? `${indent(row.depth)}${failed(row) ? '✗ ' : ''}${nameOf(span)}` : '';
  return fit(text, width - times.length) + times;
}

/** The release of who serves a request, because that is whom to call; and of who calls, whom. */
function nameOf(span: Span): string {
  const { service, version, kind, attributes } = span;
  const release = kind === 'server' && version !== undefined ? ` ${version}` : '';
  const peer = attributes['peer.service'];
  return `${service}${release}  ${textOf(span)}${kind === 'client' && peer !== undefined ? ` → ${peer}` : ''}`;
}

/** `TypeError: … at cantonalRate (checkout.cjs:310:20)`, on a line of its own: the message is cut, the place in the code is not. */
function exceptionOf({ spans, depth }: Row, width: number): string | undefined {
  const thrown = spans.flatMap(({ events }) => events).find(({ name }) => name === 'exception')?.attributes;
  if (!thrown) return undefined;
  // A DOMException's code (an aborted fetch) passes for its type, and tells nobody anything.
  const parts = [thrown['exception.type'], thrown['exception.message']].filter(
    (part) => !/^\d*$/u.test(`${part ?? ''}`),
  );
  const [frame = ''] = /^\s+at .*$/mu.exec(String(thrown['exception.stacktrace'] ?? '')) ?? [];
  const place = frame.trim().replace(/[^\s()]*\//u, '');
  const head = fit(`${indent(depth + 1)}${parts.join(': ')}`, width - place.length - 1).trimEnd();
  return fit(`${head} ${place}`, width);
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

function barOf({ spans }: Row, { first, total, width }: { first: number; total: number; width: number }): string {
  const scale = total > 0 ? width / total : 0;
  const { from, to } = extent(spans);
  const start = Math.min(width - 1, Math.floor((from - first) * scale));
  const end = Math.min(width, Math.max(start + 1, Math.ceil((to - first) * scale)));
  return `${' '.repeat(start)}${'█'.repeat(end - start)}${' '.repeat(width - end)}`;
}
