import { columnKeys, int32 } from '../../conventions.ts';
import { at, type SpanRows } from '../../span-rows.ts';
import { decodeMessage } from '../proto.ts';
import { scalarOfAny } from '../values.ts';
import { type Key, Keys } from './keys.ts';
import { Unusual, type Wire } from './wire.ts';

/** Where the columns that take an attribute's value begin in a row, in the order of `columnKeys`; the status comes after them. */
const columns = [at.method, at.route, at.query, at.db, at.peer];
const statusColumn = columns.length;
const noRank = 255;

const tags = { key: 0x0a, value: 0x12, string: 0x0a, bool: 0x10, int: 0x18 } as const;
const char = { quote: 0x22, open: 0x7b, close: 0x7d, zero: 0x30 } as const;

/** Bytes that JSON writes as they are: printable ASCII but for the quote and the backslash. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte < 0x7f && byte !== char.quote && byte !== 0x5c),
);
const literals = [Buffer.from('false'), Buffer.from('true')] as const;

/**
 * Writes the attributes of a span as JSON text, byte by byte as they come. On the way it finds those that have a column: the
 * column's text is the value where it stands in the JSON.
 */
export class AttributeWriter {
  readonly #wire: Wire;
  readonly #keys = new Keys();
  #rows: SpanRows;
  readonly #ranks = new Uint8Array(columnKeys.length);
  readonly #offsets = new Uint32Array(columnKeys.length);
  readonly #lengths = new Uint32Array(columnKeys.length);
  #start = 0;
  /** Where the text ends, with its closing brace; -1 without an attribute so far. */
  #end = -1;
  #span = 0;
  /** Values of columns that JSON writes differently, to be written once more. */
  #texts = new Map<number, string>();

  constructor(wire: Wire, rows: SpanRows) {
    this.#wire = wire;
    this.#rows = rows;
  }

  /** Writes to other rows from now on. */
  setRows(rows: SpanRows): void {
    this.#rows = rows;
    this.#keys.forgetTooMany();
  }

  /** Begins with another span. */
  begin(): void {
    this.#span += 1;
    this.#end = -1;
    this.#ranks.fill(noRank);
    if (this.#texts.size > 0) this.#texts.clear();
  }

  /** Writes the KeyValue from here to `end`. */
  add(end: number): void {
    const wire = this.#wire;
    const rows = this.#rows;
    const key = this.#key(end);
    const { json } = key;
    // A value takes no more room in JSON than twice its bytes, but for those that make room themselves.
    rows.room(json.length + 2 * (end - wire.pos) + 16);
    if (this.#end < 0) this.#start = rows.textLength;
    // Something else was written in between.
    else if (this.#end !== rows.textLength) throw new Unusual();
    // The comma goes where the brace was.
    else rows.textLength -= 1;
    rows.textLength = append(json, rows.text, rows.textLength);
    const { pos } = wire;
    const tag = wire.bytes[pos];
    const written =
      tag === tags.string ? this.#string(key, end) : tag === tags.int ? this.#int(key, end) : this.#bool(key, end);
    if (!written) {
      wire.pos = pos;
      this.#anything(key, end);
    }
    rows.text[rows.textLength] = char.close;
    rows.textLength += 1;
    this.#end = rows.textLength;
  }

  /** Gives the row that begins at `base` its attributes and what they say. */
  end(base: number): void {
    const rows = this.#rows;
    if (this.#end < 0) rows.set(base + at.attributes, rows.write('{}'));
    else rows.set(base + at.attributes, { offset: this.#start, length: this.#end - this.#start });
    // The first of them has a comma before it.
    if (this.#end >= 0) rows.text[this.#start] = char.open;
    for (const [column, text] of this.#texts) {
      const { offset, length } = rows.write(text);
      this.#offsets[column] = offset;
      this.#lengths[column] = length;
    }
    for (let column = 0; column < statusColumn; column += 1) {
      if (this.#ranks[column] === noRank) continue;
      const word = base + (columns[column] ?? 0);
      rows.words[word] = this.#offsets[column] ?? 0;
      rows.words[word + 1] = this.#lengths[column] ?? 0;
    }
    if (this.#ranks[statusColumn] === noRank) return;
    const offset = this.#offsets[statusColumn] ?? 0;
    rows.setHttpStatus(base, int32(rows.text.toString('utf8', offset, offset + (this.#lengths[statusColumn] ?? 0))));
  }

  #key(end: number): Key {
    const wire = this.#wire;
    if (wire.bytes[wire.pos] !== tags.key) throw new Unusual();
    wire.pos += 1;
    const key = this.#keys.find(wire, wire.fieldEnd(end));
    if (key.span === this.#span) throw new Unusual();
    key.span = this.#span;
    if (wire.bytes[wire.pos] !== tags.value) throw new Unusual();
    wire.pos += 1;
    if (wire.fieldEnd(end) !== end) throw new Unusual();
    return key;
  }

  #string(key: Key, end: number): boolean {
    const wire = this.#wire;
    const rows = this.#rows;
    const { bytes } = wire;
    const { text } = rows;
    wire.pos += 1;
    if (wire.fieldEnd(end) !== end) return false;
    const start = rows.textLength + 1;
    let to = start;
    for (let index = wire.pos; index < end; index += 1) {
      const byte = bytes[index] ?? 0;
      if (plain[byte] === 0) return false;
      text[to] = byte;
      to += 1;
    }
    text[start - 1] = char.quote;
    text[to] = char.quote;
    rows.textLength = to + 1;
    wire.pos = end;
    if (to > start) this.#take(key, start, to - start);
    return true;
  }

  #int(key: Key, end: number): boolean {
    const wire = this.#wire;
    const rows = this.#rows;
    wire.pos += 1;
    if (end - wire.pos > 4) return false;
    let value = wire.varint();
    if (wire.pos !== end) return false;
    const start = rows.textLength;
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits += 1;
    for (let to = start + digits - 1; to >= start; to -= 1) {
      rows.text[to] = char.zero + (value % 10);
      value = Math.floor(value / 10);
    }
    rows.textLength = start + digits;
    this.#take(key, start, digits);
    return true;
  }

  #bool(key: Key, end: number): boolean {
    const wire = this.#wire;
    const rows = this.#rows;
    const value = wire.bytes[wire.pos + 1] ?? 0;
    if (wire.bytes[wire.pos] !== tags.bool || end - wire.pos !== 2 || value > 1) return false;
    const start = rows.textLength;
    rows.textLength = append(literals[value === 1 ? 1 : 0], rows.text, start);
    wire.pos = end;
    this.#take(key, start, rows.textLength - start);
    return true;
  }

  /** Any value, by the general reader. */
  #anything(key: Key, end: number): void {
    const scalar = this.#wire.slowly(end, (reader, length) =>
      scalarOfAny(decodeMessage('AnyValue', reader, length), 'attributes'),
    );
    const rows = this.#rows;
    rows.write(JSON.stringify(scalar));
    rows.room(1);
    if (scalar === '') return;
    const { column, rank } = key;
    this.#take(key, 0, 0);
    if (column >= 0 && this.#ranks[column] === rank) this.#texts.set(column, String(scalar));
  }

  /** Remembers a value for its column, unless there is one with a name that goes before. */
  #take({ column, rank }: Key, offset: number, length: number): void {
    if (column < 0 || rank >= (this.#ranks[column] ?? 0)) return;
    this.#ranks[column] = rank;
    this.#offsets[column] = offset;
    this.#lengths[column] = length;
    if (this.#texts.size > 0) this.#texts.delete(column);
  }
}

function append(from: Uint8Array, to: Uint8Array, offset: number): number {
  const { length } = from;
  for (let index = 0; index < length; index += 1) to[offset + index] = from[index] ?? 0;
  return offset + length;
}
