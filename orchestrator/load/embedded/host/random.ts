import { goRandomTable } from './go-random-table.ts';

const modulus = 2n ** 31n - 1n;
const multiplier = 48_271n;
const seedOfZero = 89_482_311n;
const warmUp = 20;
const mask = 2n ** 64n - 1n;

export const randomOperations = {
  /** The start of Go's `math/rand` for a seed, a whole number as text, as base64 of 607 little-endian numbers: `k6/go-random.ts` goes on from there. */
  'random.seed': (seed: string): string => stateOf(withinInt64(BigInt(seed))).toString('base64'),
};

/** What does not fit becomes the smallest number, as Go's conversion makes it on common processors. */
const withinInt64 = (seed: bigint): bigint => (BigInt.asIntN(64, seed) === seed ? seed : -(2n ** 63n));

function stateOf(seed: bigint): Buffer {
  const rest = seed % modulus;
  let x = rest < 0n ? rest + modulus : rest === 0n ? seedOfZero : rest;
  const next = (): bigint => (x = (x * multiplier) % modulus);
  for (let step = 0; step < warmUp; step += 1) next();
  const state = Buffer.alloc(goRandomTable.length);
  for (let at = 0; at < state.length; at += 8) {
    const mixed = (next() << 40n) ^ (next() << 20n) ^ next() ^ goRandomTable.readBigUInt64LE(at);
    state.writeBigUInt64LE(mixed & mask, at);
  }
  return state;
}
