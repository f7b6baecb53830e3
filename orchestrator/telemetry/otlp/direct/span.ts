import type { ExceptionRecord, Source, SpanEvent } from '../../records.ts';
import { at, eventsText, noText, type Place, type SourcePlaces, type SpanRows } from '../../span-rows.ts';
import { decodeMessage } from '../proto.ts';
import { eventOf, exceptionsOf } from '../spans.ts';
import { AttributeWriter } from './attributes.ts';
import { Unusual, type Wire } from './wire.ts';

/** Fields of Span, each with its wire type. */
const tags = {
  traceId: 0x0a,
  spanId: 0x12,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  event: 0x5a,
  status: 0x7a,
} as const;
const statusTags = { message: 0x12, code: 0x18 } as const;

/** Numbers of an enum that are known; newer ones count as 0. */
const kinds = 6;
const statuses = 3;

const emptyText: Place = { offset: 0, length: 0 };
const hexDigits = Buffer.from('0123456789abcdef');

/** Reads a Span into a new row. */
export class SpanReader {
  exceptions: ExceptionRecord[] = [];
  readonly #wire: Wire;
  #rows: SpanRows;
  readonly #attributes: AttributeWriter;
  #source: Source = { service: '', version: null, json: '' };
  #places: SourcePlaces | undefined;
  /** The first word of the row. */
  #base = 0;
  /** A bit for each field that was there. */
  #seen = 0;
  #events: SpanEvent[] = [];
  #startLow = 0;
  #startHigh = 0;
  #endLow = 0;
  #endHigh = 0;

  constructor(wire: Wire, rows: SpanRows) {
    this.#wire = wire;
    this.#rows = rows;
    this.#attributes = new AttributeWriter(wire, rows);
  }

  /** Writes to other rows from now on. */
  setRows(rows: SpanRows): void {
    this.#rows = rows;
    this.#attributes.setRows(rows);
    this.exceptions = [];
  }

  /** Of the spans that follow. */
  setSource(source: Source): void {
    this.#source = source;
    this.#places = undefined;
  }

  read(end: number): void {
    const wire = this.#wire;
    this.#begin();
    while (wire.pos < end) {
      const tag = wire.varint();
      const wireType = tag & 7;
      if (wireType === 2) this.#field(tag, wire.fieldEnd(end));
      else if (tag === tags.kind) this.#kind();
      else if (tag === tags.start || tag === tags.end) this.#time(tag);
      else wire.skip(tag, end);
    }
    if (wire.pos !== end) throw new Unusual();
    this.#end();
  }

  #begin(): void {
    const rows = this.#rows;
    const base = rows.next();
    this.#base = base;
    this.#places ??= rows.placesOf(this.#source);
    const { service, version, resource } = this.#places;
    rows.set(base + at.service, service);
    rows.set(base + at.version, version);
    rows.set(base + at.resource, resource);
    // A span without a name has an empty one.
    rows.set(base + at.name, emptyText);
    this.#attributes.begin();
    this.#seen = 0;
    this.#startLow = this.#startHigh = this.#endLow = this.#endHigh = 0;
    if (this.#events.length > 0) this.#events = [];
  }

  #end(): void {
    const rows = this.#rows;
    const { words } = rows;
    const base = this.#base;
    const low = this.#endLow - this.#startLow;
    const high = this.#endHigh - this.#startHigh - (low < 0 ? 1 : 0);
    const started = this.#startLow !== 0 || this.#startHigh !== 0;
    const identified = words[base + at.traceId] !== noText && words[base + at.spanId] !== noText;
    // Times of the general reader have 63 bits.
    if (!started || !identified || high < 0 || this.#endHigh > 0x7fff_ffff) throw new Unusual();
    words[base + at.startNs] = this.#startLow;
    words[base + at.startNs + 1] = this.#startHigh;
    words[base + at.durationNs] = low;
    words[base + at.durationNs + 1] = high;
    this.#attributes.end(base);
    const events = eventsText(this.#events);
    if (events === null) return;
    rows.set(base + at.events, rows.write(events));
    if (!this.#events.some(({ name }) => name === 'exception')) return;
    const traceId = rows.textAt(base + at.traceId) ?? '';
    const startNs = (BigInt(this.#startHigh) << 32n) | BigInt(this.#startLow);
    this.exceptions.push(...exceptionsOf({ traceId, source: this.#source, startNs, events: this.#events }));
  }

  /** A field with a length. */
  #field(tag: number, end: number): void {
    switch (tag) {
      case tags.attribute:
        return this.#attributes.add(end);
      case tags.traceId:
        return this.#id(tag, at.traceId, 16, end);
      case tags.spanId:
        return this.#id(tag, at.spanId, 8, end);
      case tags.parentSpanId:
        return this.#id(tag, at.parentId, 8, end);
      case tags.name:
        return this.#name(end);
      case tags.event:
        return this.#event(end);
      case tags.status:
        return this.#status(end);
      default:
        if (tag >>> 3 === 0) throw new Unusual();
        this.#wire.pos = end;
    }
  }

  #id(tag: number, column: number, length: number, end: number): void {
    const wire = this.#wire;
    const rows = this.#rows;
    this.#once(tag);
    const start = wire.pos;
    wire.pos = end;
    if (start === end) return;
    if (end - start !== length) throw new Unusual();
    rows.room(2 * length);
    const { text, textLength } = rows;
    let bits = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = wire.bytes[start + index] ?? 0;
      bits |= byte;
      text[textLength + 2 * index] = hexDigits[byte >> 4] ?? 0;
      text[textLength + 2 * index + 1] = hexDigits[byte & 15] ?? 0;
    }
    // All zeros is as good as none.
    if (bits === 0) return;
    rows.textLength += 2 * length;
    rows.words[this.#base + column] = textLength;
    rows.words[this.#base + column + 1] = 2 * length;
  }

  #name(end: number): void {
    this.#once(tags.name);
    this.#rows.set(this.#base + at.name, this.#text(end));
  }

  #kind(): void {
    this.#once(tags.kind);
    const kind = this.#wire.varint();
    this.#rows.words[this.#base + at.kind] = kind < kinds ? kind : 0;
  }

  #time(tag: number): void {
    const wire = this.#wire;
    this.#once(tag);
    if (wire.pos + 8 > wire.bytes.length) throw new Unusual();
    const low = wire.bytes.readUInt32LE(wire.pos);
    const high = wire.bytes.readUInt32LE(wire.pos + 4);
    wire.pos += 8;
    if (tag === tags.start) {
      this.#startLow = low;
      this.#startHigh = high;
    } else {
      this.#endLow = low;
      this.#endHigh = high;
    }
  }

  #event(end: number): void {
    this.#events.push(this.#wire.slowly(end, (reader, length) => eventOf(decodeMessage('Span.Event', reader, length))));
  }

  #status(end: number): void {
    const wire = this.#wire;
    const { words } = this.#rows;
    this.#once(tags.status);
    let seen = 0;
    while (wire.pos < end) {
      const tag = wire.varint();
      if (tag !== statusTags.message && tag !== statusTags.code) {
        wire.skip(tag, end);
        continue;
      }
      const bit = 1 << (tag >>> 3);
      if ((seen & bit) !== 0) throw new Unusual();
      seen |= bit;
      if (tag === statusTags.code) {
        const code = wire.varint();
        words[this.#base + at.status] = code < statuses ? code : 0;
      } else {
        const message = this.#text(wire.fieldEnd(end));
        if (message.length > 0) this.#rows.set(this.#base + at.statusMessage, message);
      }
    }
    if (wire.pos !== end) throw new Unusual();
  }

  /** The text from here to `end`, as it is. */
  #text(end: number): Place {
    const wire = this.#wire;
    const rows = this.#rows;
    const length = end - wire.pos;
    rows.room(length);
    const { text, textLength } = rows;
    for (let index = 0; index < length; index += 1) {
      const byte = wire.bytes[wire.pos + index] ?? 0;
      if (byte >= 0x80) return rows.write(wire.utf8(end));
      text[textLength + index] = byte;
    }
    rows.textLength += length;
    wire.pos = end;
    return { offset: textLength, length };
  }

  /** A field that comes twice has its own rules. */
  #once(tag: number): void {
    const bit = 1 << (tag >>> 3);
    if ((this.#seen & bit) !== 0) throw new Unusual();
    this.#seen |= bit;
  }
}
