import { expect, it } from 'vitest';
import { seededRandom } from '../../../../services/lib/random.ts';

const take = (random: () => number, count: number): number[] => Array.from({ length: count }, random);

it('gives the same numbers for the same seed and name', () => {
  expect(take(seededRandom(7, 'catalog'), 20)).toEqual(take(seededRandom(7, 'catalog'), 20));
});

it('gives other numbers for another seed or another name', () => {
  const numbers = take(seededRandom(7, 'catalog'), 5);
  expect(take(seededRandom(8, 'catalog'), 5)).not.toEqual(numbers);
  expect(take(seededRandom(7, 'checkout'), 5)).not.toEqual(numbers);
});

it('spreads its numbers evenly over 0 to 1', () => {
  const numbers = take(seededRandom(1, 'even'), 10_000);
  const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length);
  expect(Math.min(...tenths)).toBeGreaterThan(900);
  expect(Math.max(...tenths)).toBeLessThan(1100);
});
