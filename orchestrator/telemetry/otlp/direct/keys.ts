import { columnKeys } from '../../conventions.ts';
import { Unusual, type Wire } from './wire.ts';

/** The key of an attribute, as it comes and as it is written. */
export interface Key {
  readonly bytes: Buffer;
  /** As it stands in JSON text, after a comma and before its value. */
  readonly json: Buffer;
  /** Which of `columnKeys` takes its value, and how many other keys it prefers; -1 if none does. */
  readonly column: number;
  readonly rank: number;
  /** The number of the span that had it last, to find a key that comes twice. */
  span: number;
}

/** Slots are a power of two, and at most a quarter of them are used. */
const slots = 16_384;
const maxKeys = slots / 4;

/** The keys seen so far, by their bytes: a process has a few dozen of them, and each span has many of these. */
export class Keys {
  #slots: (Key | undefined)[] = [];
  #size = 0;

  constructor() {
    this.#clear();
  }

  /** The key from here to `end`. */
  find(wire: Wire, end: number): Key {
    const { bytes, pos: start } = wire;
    let slot = hash(bytes, start, end);
    for (;;) {
      const key = this.#slots[slot];
      if (key === undefined) break;
      if (isAt(key.bytes, bytes, start, end)) {
        wire.pos = end;
        return key;
      }
      slot = (slot + 1) % slots;
    }
    // Whoever invents keys without end in one request is read another way.
    if (this.#size >= maxKeys) throw new Unusual();
    const key = keyOf(bytes.subarray(start, end), wire.utf8(end));
    this.#slots[slot] = key;
    this.#size += 1;
    return key;
  }

  /** To be called between requests. */
  forgetTooMany(): void {
    if (this.#size > maxKeys / 2) this.#clear();
  }

  #clear(): void {
    this.#slots = Array.from({ length: slots });
    this.#size = 0;
  }
}

function hash(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  let sum = length;
  sum = sum * 31 + (bytes[end - 1] ?? 0);
  sum = sum * 31 + (bytes[end - 3] ?? 0);
  sum = sum * 31 + (bytes[start + (length >> 1)] ?? 0);
  sum = sum * 31 + (bytes[start] ?? 0);
  return sum % slots;
}

function isAt(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = key;
  if (length !== end - start) return false;
  for (let index = 0; index < length; index += 1) if (key[index] !== bytes[start + index]) return false;
  return true;
}

function keyOf(bytes: Buffer, name: string): Key {
  // Objects put keys that are numbers first, whenever they were set; and an empty key is malformed.
  if (!/^[^\d]/.test(name)) throw new Unusual();
  const column = columnKeys.findIndex((names) => names.includes(name));
  return {
    // Not a view: that would keep its whole request.
    bytes: Buffer.from(bytes),
    json: Buffer.from(`,${JSON.stringify(name)}:`),
    column,
    rank: columnKeys[column]?.indexOf(name) ?? 0,
    span: -1,
  };
}
