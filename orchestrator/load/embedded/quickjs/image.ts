/** Where in an instance's memory the interpreter has what it needs. */
export interface Places {
  readonly runtime: number;
  readonly context: number;
  readonly undefined: number;
  /** Room for the pointers to the arguments of a call; one goes on at a time. */
  readonly scratch: number;
}

const blockBytes = 4096;

/**
 * The memory of an instance in which nothing runs: all that another one needs to go on from there, because QuickJS keeps nothing elsewhere.
 * A script is compiled once in this way, not for every virtual user.
 */
export class Image {
  readonly places: Places;
  /** Of the whole memory. */
  readonly bytes: number;
  /** What is not zero, so that memory that nobody has touched stays so. */
  readonly #parts: readonly (readonly [offset: number, bytes: Buffer])[];

  constructor(places: Places, memory: Buffer) {
    this.places = places;
    this.bytes = memory.length;
    this.#parts = partsOf(memory);
  }

  writeTo(memory: Buffer): void {
    for (const [offset, bytes] of this.#parts) bytes.copy(memory, offset);
  }
}

function partsOf(memory: Buffer): (readonly [number, Buffer])[] {
  const zeros = Buffer.alloc(blockBytes);
  const parts: [number, Buffer][] = [];
  let start: number | undefined;
  for (let offset = 0; offset <= memory.length; offset += blockBytes) {
    const isUsed = offset < memory.length && zeros.compare(memory, offset, offset + blockBytes) !== 0;
    if (isUsed) start ??= offset;
    else if (start !== undefined) {
      parts.push([start, Buffer.from(memory.subarray(start, offset))]);
      start = undefined;
    }
  }
  return parts;
}
