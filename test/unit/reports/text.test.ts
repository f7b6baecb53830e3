import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clockTime, duration, fit, number, wrap } from '../../../orchestrator/reports/text.ts';

describe('wrapping', () => {
  it('keeps English words whole and every line within the width', () => {
    const text = 'APM follows one request through every service and tells where its time goes.';
    expect(wrap(text, 24)).toEqual([
      'APM follows one request',
      'through every service',
      'and tells where its time',
      'goes.',
    ]);
  });

  it('counts Japanese characters as two columns, and starts no line with a full stop', () => {
    const text =
      'サーバー監視では、何も赤くなっていません。トレースを見ると、同じ問い合わせが四十回くり返されています。';
    for (let width = 10; width <= 60; width += 1) {
      const lines = wrap(text, width);
      expect(lines.join('')).toBe(text);
      for (const line of lines) {
        expect(stringWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/^[。、ー]/u);
      }
    }
  });

  it('keeps the line breaks of the text and leaves a word alone that is longer than a line', () => {
    expect(wrap('one\ntwo unsplittable', 4)).toEqual(['one', 'two', 'unsplittable']);
    expect(wrap('', 10)).toEqual([]);
  });
});

describe('fitting', () => {
  it('is exactly as wide as asked, also where a wide character does not fit in', () => {
    for (const text of ['GET /products', 'カタログの商品', '', 'aカbタ']) {
      for (let width = 1; width <= 20; width += 1)
        expect(stringWidth(fit(text, width)), `${text} ${width}`).toBe(width);
    }
    expect(fit('GET /products', 6)).toBe('GET /…');
  });
});

describe('figures', () => {
  it('have the digits that matter', () => {
    expect([0.04, 3.456, 840.4, 8_240].map(duration)).toEqual(['0 ms', '3.5 ms', '840 ms', '8.2 s']);
    expect([0, 65_900, 3_600_000].map(clockTime)).toEqual(['0:00', '1:05', '60:00']);
    expect([0.12345, 21.44, 812.4, 'HTTP 500'].map(number)).toEqual(['0.123', '21.4', '812', 'HTTP 500']);
  });
});
