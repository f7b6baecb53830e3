// Evaluated first. All virtual users go on from the same image of an interpreter, so that its own `Math.random` would give all the same numbers.
const known = globalThis as unknown as { hostSeed?: readonly [number, number, number, number] };
let [a, b, c, counter] = known.hostSeed ?? [1, 2, 3, 4];
delete known.hostSeed;

/** The generator sfc32 of PractRand: https://pracrand.sourceforge.net/ */
function next(): number {
  const sum = (a + b + counter) | 0;
  counter = (counter + 1) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = ((c << 21) | (c >>> 11)) + sum;
  return sum >>> 0;
}

/** 53 bits, as a number from 0 up to but not 1. */
Math.random = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
