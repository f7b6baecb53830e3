import { describe, expect, it } from 'vitest';
import { integerIn, objectIn, textIn } from '../../../../services/lib/input.ts';

const range = { min: 1, max: 100 };
const badRequest = expect.objectContaining({ status: 400, reason: 'bad_request' });

describe('integerIn', () => {
  it('takes integers, also as the text a URL has', () => {
    expect(integerIn(7, 'page', range)).toBe(7);
    expect(integerIn('100', 'page', range)).toBe(100);
  });

  it.each(['', ' ', 'x', '1.5', '0', '101', 1.5, NaN, null, undefined, [], ['7'], {}, true])(
    'refuses %j with a 400',
    (value) => {
      expect(() => integerIn(value, 'page', range)).toThrow(badRequest);
    },
  );
});

describe('textIn', () => {
  it('takes text without the blanks around it', () => {
    expect(textIn(' copper ', 'q')).toBe('copper');
  });

  it.each(['', '  ', 'x'.repeat(101), 5, null, undefined, ['a']])('refuses %j with a 400', (value) => {
    expect(() => textIn(value, 'q')).toThrow(badRequest);
  });
});

describe('objectIn', () => {
  it.each([null, undefined, [], 'text', 5])('refuses %j with a 400', (value) => {
    expect(() => objectIn(value, 'order')).toThrow(badRequest);
  });
});
