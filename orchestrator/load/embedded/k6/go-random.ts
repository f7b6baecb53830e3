/** How far apart the two numbers are that each step adds up. */
const tapDistance = 273;

/**
 * The generator of Go's `math/rand`, an additive lagged Fibonacci sequence over 64-bit numbers, which k6's `randomSeed` puts under `Math.random`.
 * `state`: 607 numbers, little-endian, as `host/random.ts` makes them from a seed.
 */
export class GoRandom {
  /** Each number as two halves, the low one first: the interpreter's BigInts would be ten times slower. */
  readonly #halves: Uint32Array;
  readonly #length: number;
  #tap = 0;
  #feed: number;

  constructor(state: Uint8Array<ArrayBuffer>) {
    this.#halves = new Uint32Array(state.buffer, state.byteOffset, state.byteLength / 4);
    this.#length = this.#halves.length / 2;
    this.#feed = this.#length - tapDistance;
  }

  /** From 0 up to but not 1: the next number's low 63 bits as a fraction. */
  next(): number {
    this.#tap = (this.#tap || this.#length) - 1;
    this.#feed = (this.#feed || this.#length) - 1;
    const [feed, tap] = [this.#feed * 2, this.#tap * 2];
    const low = this.#half(feed) + this.#half(tap);
    const high = this.#half(feed + 1) + this.#half(tap + 1) + (low > 0xffff_ffff ? 1 : 0);
    this.#halves[feed] = low;
    this.#halves[feed + 1] = high;
    const fraction = ((high & 0x7fff_ffff) * 2 ** 32 + (low >>> 0)) / 2 ** 63;
    return fraction < 1 ? fraction : this.next();
  }

  #half(at: number): number {
    return this.#halves[at] ?? 0;
  }
}
