import protobuf from 'protobufjs';

/** Something that is not read here: the general reader takes the whole request instead, and says what is wrong with it, if anything is. */
export class Unusual extends Error {
  override readonly name = 'Unusual';
}

const nothing = Buffer.alloc(0);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A position in Protobuf's bytes. https://protobuf.dev/programming-guides/encoding/ */
export class Wire {
  bytes: Buffer = nothing;
  pos = 0;
  #reader = protobuf.Reader.create(nothing);

  /** Goes to the beginning of other bytes. */
  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.pos = 0;
    this.#reader = protobuf.Reader.create(bytes);
  }

  /** An unsigned number of at most 28 bits. */
  varint(): number {
    const { bytes } = this;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.pos] ?? 0x80;
      this.pos += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Unusual();
  }

  /** Where the field with a length that begins here ends, which must be within `end`. */
  fieldEnd(end: number): number {
    const length = this.varint();
    const fieldEnd = this.pos + length;
    if (fieldEnd > end) throw new Unusual();
    return fieldEnd;
  }

  /** Goes over the value of a field that is not asked for. */
  skip(tag: number, end: number): void {
    if (tag >>> 3 === 0) throw new Unusual();
    const wireType = tag & 7;
    if (wireType === 0) this.#skipVarint();
    else if (wireType === 1) this.pos += 8;
    else if (wireType === 2) this.pos = this.fieldEnd(end);
    else if (wireType === 5) this.pos += 4;
    else throw new Unusual();
  }

  /** Reads by protobufjs what is rare or has many forms, from here to `end`. */
  slowly<T>(end: number, read: (reader: protobuf.Reader, length: number) => T): T {
    const reader = this.#reader;
    reader.pos = this.pos;
    try {
      const value = read(reader, end - this.pos);
      if (reader.pos !== end) throw new Unusual();
      this.pos = end;
      return value;
    } catch (error) {
      throw error instanceof Unusual ? error : new Unusual(undefined, { cause: error });
    }
  }

  /** The text from here to `end`. */
  utf8(end: number): string {
    try {
      const text = decoder.decode(this.bytes.subarray(this.pos, end));
      this.pos = end;
      return text;
    } catch (error) {
      throw new Unusual(undefined, { cause: error });
    }
  }

  #skipVarint(): void {
    for (let length = 0; length < 10; length += 1) {
      const byte = this.bytes[this.pos] ?? 0x80;
      this.pos += 1;
      if (byte < 0x80) return;
    }
    throw new Unusual();
  }
}
