import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { waterfall } from '../../../orchestrator/reports/waterfall.ts';
import { repeatingTrace } from '../../support/fake-run.ts';

const plain = { error: (text: string) => `!${text}`, dim: (text: string) => text };

describe('a trace as a waterfall', () => {
  it('folds repeated siblings, marks errors, and draws bars in scale', () => {
    expect(waterfall(repeatingTrace(), 80, plain)).toEqual([
      'storefront  GET /api/products                    ████████████████████     200 ms',
      '  catalog  GET /products                          ██████████████████      180 ms',
      '    catalog  SELECT quantity FROM stock WHE… ×40   ████████████████       140 ms',
      '!  ✗ storefront  render                                              █       5 ms',
    ]);
  });

  it('does not fold two of a kind', () => {
    expect(waterfall(repeatingTrace(2), 80, plain)).toHaveLength(5);
    expect(waterfall(repeatingTrace(3), 80, plain)).toHaveLength(4);
  });

  it('keeps every line within the width', () => {
    for (const width of [60, 80, 120]) {
      for (const line of waterfall(repeatingTrace(), width, { error: (text) => text, dim: (text) => text })) {
        expect(stringWidth(line)).toBe(width);
      }
    }
  });

  it('shows spans whose parent is missing, and counts what it leaves out', () => {
    const { traceId, spans } = repeatingTrace(0);
    const [, root] = spans;
    if (!root) throw new Error('no span');
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...root,
      spanId: `x${index}`,
      parentSpanId: 'elsewhere',
      name: `step ${index}`,
    }));
    const lines = waterfall({ traceId, spans: many }, 80, plain);
    expect(lines).toHaveLength(25);
    expect(lines.at(-1)).toBe('… +6');
  });

  it('draws a trace without a duration', () => {
    const [root] = repeatingTrace(0).spans;
    if (!root) throw new Error('no span');
    expect(waterfall({ traceId: 't', spans: [{ ...root, durationMs: 0 }] }, 80, plain)).toHaveLength(1);
  });
});
