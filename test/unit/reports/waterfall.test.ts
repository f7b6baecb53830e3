import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Span, Trace } from '../../../orchestrator/backends/backend.ts';
import { waterfall } from '../../../orchestrator/reports/waterfall.ts';
import { repeatingTrace } from '../../support/fake-run.ts';
import { slowBankTrace } from '../../support/slow-bank-trace.ts';

const plain = { error: (text: string) => `!${text}`, dim: (text: string) => text };

function draw(spans: readonly Span[], width = 96): readonly string[] {
  return waterfall({ traceId: 't', spans }, width, plain);
}

/** The first span of a small trace, changed. */
function span(over: Partial<Span>): Span {
  const [first] = repeatingTrace(0).spans;
  if (!first) throw new Error('no span');
  return { ...first, ...over };
}

const typeError = {
  name: 'exception',
  timeMs: 0,
  attributes: {
    'exception.type': 'TypeError',
    'exception.message': "Cannot read properties of undefined (reading 'toUpperCase')",
    'exception.stacktrace':
      'TypeError: Cannot read\n    at cantonalRate (/srv/dist/checkout.cjs:310:20)\n    at tax (x.cjs:1:1)',
  },
};

describe('a trace as a waterfall', () => {
  it('draws repeated siblings as a staircase, names releases, marks errors, and draws bars in scale', () => {
    expect(waterfall(repeatingTrace(), 80, plain)).toEqual([
      'storefront 2.5.0  GET /api/products              ████████████████████     200 ms',
      '  catalog 2.5.0  GET /products                    ██████████████████      180 ms',
      '    catalog  SELECT quantity FROM stock WHERE p…   █                      3.5 ms',
      '    catalog  SELECT quantity FROM stock WHE… ×13   ██████                  46 ms',
      '    catalog  SELECT quantity FROM stock WHE… ×13        ██████             46 ms',
      '    catalog  SELECT quantity FROM stock WHE… ×13             ██████        46 ms',
      '!  ✗ storefront  render                                              █       5 ms',
    ]);
  });

  it('draws a few of a kind one by one', () => {
    expect(waterfall(repeatingTrace(4), 80, plain).filter((line) => line.includes('SELECT'))).toHaveLength(4);
    expect(waterfall(repeatingTrace(5), 80, plain).filter((line) => line.includes('×2'))).toHaveLength(2);
  });

  it('has the call to the bank on the screen, and names whom it is to', () => {
    const lines = draw(slowBankTrace.spans);
    expect(lines).toHaveLength(21);
    expect(lines).toContainEqual(expect.stringMatching(/^ {10}payment {2}POST → bank +█{20,} +1\.4 s$/u));
    expect(lines.at(-1)).toBe(`… +${slowBankTrace.spans.length - 20}`);
    expect(lines.join('\n')).not.toMatch(/pg-pool|BEGIN|COMMIT/u);
  });

  it('leaves out what was shortest', () => {
    const names = Array.from({ length: 30 }, (_, index) => `step ${index}`);
    const lines = draw(names.map((name, index) => span({ spanId: name, name, startMs: index, durationMs: index })));
    expect(lines.slice(0, -1).map((line) => Number(/step (\d+)/u.exec(line)?.[1]))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 10),
    );
    expect(lines.at(-1)).toBe('… +10');
  });

  it('shows a wait for a connection that is a large part of the trace', () => {
    const wait = span({ spanId: 'w', parentSpanId: 'r', name: 'pg-pool.connect', kind: 'client', durationMs: 50 });
    const request = span({ spanId: 'r', durationMs: 100 });
    expect(draw([request, wait])).toHaveLength(2);
    expect(draw([request, { ...wait, durationMs: 5 }])).toEqual([expect.stringContaining('GET'), '… +1']);
  });

  it('says of a failed span which exception it had, and where in the code, however long the message', () => {
    const checkout = { service: 'checkout', version: '1.10.0', name: 'POST /orders', status: 'error' } as const;
    expect(draw([span({ ...checkout, events: [typeError] })], 80)).toEqual([
      '!✗ checkout 1.10.0  POST /orders                  ████████████████████     200 ms',
      '!  TypeError: Cannot read properties of un… at cantonalRate (checkout.cjs:310:20)',
    ]);
    const abort = {
      ...typeError,
      attributes: { 'exception.type': '23', 'exception.message': 'The operation was aborted' },
    };
    expect(draw([span({ ...checkout, events: [abort] })])[1]?.trimEnd()).toBe('!  The operation was aborted');
  });

  it('keeps what failed, however short it was, with all that led to it', () => {
    const root = span({ spanId: 'root', durationMs: 1_000 });
    const long = Array.from({ length: 40 }, (_, index) =>
      span({ spanId: `l${index}`, parentSpanId: 'root', name: `step ${index}`, durationMs: 20 }),
    );
    const calls = span({ spanId: 'c', parentSpanId: 'root', name: 'calls', durationMs: 2 });
    const fails = span({ spanId: 'f', parentSpanId: 'c', name: 'fails', durationMs: 1, status: 'error' });
    const lines = draw([root, ...long, calls, fails]);
    expect(lines).toHaveLength(21);
    expect(lines.filter((line) => /calls|fails/u.test(line))).toHaveLength(2);
    expect(lines.at(-1)).toBe('… +23');
  });

  it('keeps every line within the width', () => {
    const failing: Trace = { traceId: 't', spans: [span({ status: 'error', events: [typeError] })] };
    for (const width of [60, 80, 120]) {
      for (const trace of [repeatingTrace(), failing]) {
        for (const line of waterfall(trace, width, { ...plain, error: (text) => text })) {
          expect(stringWidth(line)).toBe(width);
        }
      }
    }
  });

  it('shows spans whose parent is missing', () => {
    const orphans = ['a', 'b'].map((spanId) => span({ spanId, parentSpanId: 'elsewhere', name: spanId }));
    expect(draw(orphans)).toHaveLength(2);
  });

  it('draws a trace without a duration', () => {
    expect(draw([span({ durationMs: 0 })])).toHaveLength(1);
  });
});
