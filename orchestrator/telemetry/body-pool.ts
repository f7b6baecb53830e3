const maxSpare = 4;
const maxSpareBytes = 1024 * 1024;

/**
 * Memory for the bodies of requests, used again for later ones. Allocated anew for each, they fill V8's account of external
 * memory in no time, and collecting the garbage then takes as long as reading what is in them.
 */
export class BodyPool {
  readonly #spare: Buffer[] = [];
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** At least so many bytes, with anything in them. */
  take(bytes: number): Buffer {
    const at = this.#spare.findIndex(({ length }) => length >= bytes);
    const [found] = at < 0 ? [] : this.#spare.splice(at, 1);
    if (found) return found;
    const made = Buffer.allocUnsafeSlow(bytes);
    this.#own.add(made.buffer);
    return made;
  }

  /** Takes memory back, also a part of what was taken; nobody may hold it any more. What is not the pool's is left alone. */
  give({ buffer }: Buffer): void {
    if (!this.#own.has(buffer) || buffer.byteLength > maxSpareBytes) return;
    // The oldest goes: requests may have become larger.
    if (this.#spare.length === maxSpare) this.#spare.shift();
    this.#spare.push(Buffer.from(buffer));
  }
}
