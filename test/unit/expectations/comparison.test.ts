import { describe, expect, test } from 'vitest';
import {
  allOf,
  backToNormal,
  boundOn,
  compare,
  format,
  type Bound,
  type Quantity,
} from '../../../orchestrator/expectations/comparison.ts';

const parse = (quantity: Quantity, text: string): Bound => boundOn(quantity).parse(text);

describe('a bound', () => {
  test.each([
    ['duration', '>= 3x baseline', { operator: '>=', value: 3, relative: true, text: '>= 3x baseline' }],
    ['duration', '<=1.5x  baseline', { operator: '<=', value: 1.5, relative: true, text: '<= 1.5x baseline' }],
    ['duration', '>= 200ms', { operator: '>=', value: 200, relative: false, text: '>= 200ms' }],
    ['duration', '> 1.2s', { operator: '>', value: 1200, relative: false, text: '> 1.2s' }],
    ['percent', '>= 2%', { operator: '>=', value: 2, relative: false, text: '>= 2%' }],
    ['count', ' >= 20 ', { operator: '>=', value: 20, relative: false, text: '>= 20' }],
    ['count', '> 0', { operator: '>', value: 0, relative: false, text: '> 0' }],
    ['rate', '< 5/s', { operator: '<', value: 5, relative: false, text: '< 5/s' }],
  ] as const)('on a %s is read from %j', (quantity, text, expected) => {
    expect(parse(quantity, text)).toEqual({ quantity, ...expected });
  });

  test.each([
    ['duration', '3x'],
    ['duration', '>= 3x'],
    ['duration', '>= 200'],
    ['duration', '>= 2%'],
    ['duration', '== 200ms'],
    ['duration', '>= -5ms'],
    ['percent', '>= 2'],
    ['count', '>= 20ms'],
    ['rate', '>= 5'],
    ['count', ''],
  ] as const)('on a %s is not read from %j, and the error says what to write', (quantity, text) => {
    const { error } = boundOn(quantity).safeParse(text);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toMatch(/^'.*' is not a bound: write a comparison and a value, for example '>= /);
  });

  test('that is a number says that a comparison is missing', () => {
    const { error } = boundOn('count').safeParse(20);
    expect(error?.issues[0]?.message).toBe(
      "20 is not a bound: write a comparison and a value, for example '>= 20', '>= 3x baseline', '<= 1.5x baseline'",
    );
  });
});

describe('a comparison', () => {
  test.each([
    ['>= 3x baseline', 300, 100, 'met', "p95 300 ms (3x the calm act's 100 ms)"],
    ['>= 3x baseline', 299, 100, 'not-met', "p95 299 ms (3x the calm act's 100 ms), wanted >= 3x baseline"],
    ['> 3x baseline', 300, 100, 'not-met', "p95 300 ms (3x the calm act's 100 ms), wanted > 3x baseline"],
    ['<= 1.5x baseline', 150, 100, 'met', "p95 150 ms (1.5x the calm act's 100 ms)"],
    ['>= 200ms', 200, undefined, 'met', 'p95 200 ms'],
    ['>= 200ms', 200, 0, 'met', 'p95 200 ms (calm act: 0 ms)'],
    ['< 200ms', 200, undefined, 'not-met', 'p95 200 ms, wanted < 200ms'],
    ['>= 200ms', undefined, 100, 'not-met', 'p95 is not known, wanted >= 200ms'],
    ['>= 200ms', Number.NaN, 100, 'not-met', 'p95 is not known, wanted >= 200ms'],
    ['<= 200ms', Number.NaN, 100, 'not-met', 'p95 is not known, wanted <= 200ms'],
    ['>= 3x baseline', 300, undefined, 'no-baseline', 'p95 is not known for the calm act'],
    ['>= 3x baseline', 300, Number.NaN, 'no-baseline', 'p95 is not known for the calm act'],
    [
      '>= 3x baseline',
      300,
      0,
      'no-baseline',
      "p95 was 0 in the calm act, and a multiple of 0 says nothing; use a bound like '>= 200ms'",
    ],
    [
      '<= 3x baseline',
      0,
      0,
      'no-baseline',
      "p95 was 0 in the calm act, and a multiple of 0 says nothing; use a bound like '>= 200ms'",
    ],
  ] as const)('with %j of %s against %s is %s', (text, now, before, ...[outcome, reason]) => {
    expect(compare(parse('duration', text), 'p95', now, before)).toMatchObject({ outcome, reason });
  });

  test.each([
    ['duration', '>= 200ms', 812, true],
    ['duration', '>= 200ms', 20, false],
    ['duration', '<= 200ms', 812, true],
    ['duration', '<= 200ms', 20, false],
    ['percent', '>= 2%', 50, false],
  ] as const)('of a %s with %j tells of %d whether a pause can have made it: %s', (quantity, text, now, mayBePause) => {
    expect(compare(parse(quantity, text), 'it', now, undefined).mayBePause ?? false).toBe(mayBePause);
    const judged = backToNormal(parse(quantity, text), 'it', { now, before: 20 }, { factor: 1, slack: 1 });
    expect(judged.mayBePause ?? false).toBe(mayBePause);
  });

  test('of several tells first what no pause can have made', () => {
    const [slow, failing] = [
      { outcome: 'not-met', reason: 'slow', mayBePause: true },
      { outcome: 'not-met', reason: 'failing' },
    ] as const;
    expect(allOf([slow, failing], '')).toBe(failing);
    expect(allOf([slow], '')).toBe(slow);
  });

  test.each([
    ['>= 3x baseline', 140, 100, 'met'],
    ['>= 3x baseline', 151, 100, 'not-met'],
    ['>= 3x baseline', 50, 20, 'met'],
    ['>= 3x baseline', 50, 2, 'not-met'],
    ['>= 3x baseline', 50, undefined, 'no-baseline'],
    ['>= 200ms', 199, undefined, 'met'],
    ['>= 200ms', 200, undefined, 'not-met'],
    ['>= 200ms', undefined, 100, 'not-met'],
    ['>= 200ms', Number.NaN, 100, 'not-met'],
  ] as const)('after a fault, of %j with %s against %s is %s', (text, now, before, outcome) => {
    const judged = backToNormal(parse('duration', text), 'p95', { now, before }, { factor: 1.5, slack: 50 });
    expect(judged.outcome).toBe(outcome);
  });
});

test.each([
  ['duration', 0.84, '0.8 ms'],
  ['duration', 611.7, '612 ms'],
  ['percent', 2.25, '2.3%'],
  ['rate', 18.04, '18/s'],
  ['count', 40, '40'],
] as const)('a %s of %s is shown as %s', (quantity, value, text) => {
  expect(format(quantity, value)).toBe(text);
});
