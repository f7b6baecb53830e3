import type { Attributes } from '../backends/backend.ts';
import { databaseOf, httpStatusOf, methodOf, peerOf, queryOf, routeOf } from './conventions.ts';
import { msOf } from './bounds.ts';
import type { SpanEvent, SpanRecord, Source } from './records.ts';

/**
 * Where each column of a row begins among the row's 32-bit words. A text is two words, where it begins in the shared bytes and
 * how long it is; a 64-bit number is its low word and its high one; `httpStatus` is the number and whether there is one.
 */
export const at = {
  traceId: 0,
  spanId: 2,
  parentId: 4,
  service: 6,
  version: 8,
  name: 10,
  statusMessage: 12,
  method: 14,
  route: 16,
  query: 18,
  db: 20,
  peer: 22,
  attributes: 24,
  resource: 26,
  events: 28,
  startNs: 30,
  durationNs: 32,
  httpStatus: 34,
  kind: 36,
  status: 37,
} as const;

/** Words of a row. */
export const rowWords = 38;

/** The beginning of a text that is not there. */
export const noText = 0xffff_ffff;

const blank = new Uint32Array(rowWords).fill(noText, 0, at.startNs);

/** A text in the shared bytes, which several rows may use. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/**
 * Rows whose spans are written, for the next ones: made anew for every request, their memory would keep the garbage collector
 * busier than all else does.
 */
const spare: SpanRows[] = [];
const maxSpare = 8;
const maxSpareBytes = 1024 * 1024;

/** Spans as the store takes them: numbers side by side, and all text in one run of UTF-8, so that no span is an object of its own. */
export class SpanRows {
  length = 0;
  words = new Uint32Array(64 * rowWords);
  text: Buffer = Buffer.allocUnsafe(16_384);
  textLength = 0;
  /** How often they have been recycled: a number of what is in them now. */
  generation = 0;
  readonly #sources = new Map<Source, SourcePlaces>();

  static empty(): SpanRows {
    return spare.pop() ?? new SpanRows();
  }

  static of(spans: readonly SpanRecord[]): SpanRows {
    const rows = SpanRows.empty();
    for (const span of spans) rows.add(span);
    return rows;
  }

  /** A new row without anything; returns where its words begin. */
  next(): number {
    const base = this.length * rowWords;
    if (base === this.words.length) {
      const words = new Uint32Array(2 * base);
      words.set(this.words);
      this.words = words;
    }
    this.words.set(blank, base);
    this.length += 1;
    return base;
  }

  /** Makes room for as many more bytes of text; `text` may be another buffer afterwards. */
  room(bytes: number): void {
    if (this.textLength + bytes <= this.text.length) return;
    const text = Buffer.allocUnsafe(Math.ceil((this.textLength + bytes) * 1.5));
    text.set(this.text.subarray(0, this.textLength));
    this.text = text;
  }

  /** Adds text, which must be well-formed UTF-16. */
  write(text: string): Place {
    // UTF-8 takes at most three bytes for what is one unit of UTF-16.
    this.room(text.length * 3);
    const offset = this.textLength;
    const length = this.text.write(text, offset);
    this.textLength += length;
    return { offset, length };
  }

  /** Lets a text of a row be that at `place`. */
  set(word: number, { offset, length }: Place): void {
    this.words[word] = offset;
    this.words[word + 1] = length;
  }

  /** Where the texts are that all spans of a source have in common. */
  placesOf(source: Source): SourcePlaces {
    let places = this.#sources.get(source);
    if (places === undefined) {
      const { service, version, json } = source;
      places = {
        service: this.write(service),
        version: version === null ? nowhere : this.write(version),
        resource: this.write(json),
      };
      this.#sources.set(source, places);
    }
    return places;
  }

  add(span: SpanRecord): void {
    const base = this.next();
    const { attributes, events } = span;
    const { service, version, resource } = this.placesOf(span.source);
    this.set(base + at.service, service);
    this.set(base + at.version, version);
    this.set(base + at.resource, resource);
    this.#put(base + at.traceId, span.traceId);
    this.#put(base + at.spanId, span.spanId);
    this.#put(base + at.parentId, span.parentSpanId);
    this.#put(base + at.name, span.name);
    this.#put(base + at.statusMessage, span.statusMessage);
    this.#put(base + at.method, methodOf(attributes));
    this.#put(base + at.route, routeOf(attributes));
    this.#put(base + at.query, queryOf(attributes));
    this.#put(base + at.db, databaseOf(attributes));
    this.#put(base + at.peer, peerOf(attributes));
    this.#put(base + at.attributes, JSON.stringify(attributes));
    this.#put(base + at.events, eventsText(events));
    this.#putInt64(base + at.startNs, span.startNs);
    this.#putInt64(base + at.durationNs, span.durationNs);
    this.setHttpStatus(base, httpStatusOf(attributes));
    this.words[base + at.kind] = span.kind;
    this.words[base + at.status] = span.status;
  }

  /** The text of a row whose place begins at `word`; null without one. */
  textAt(word: number): string | null {
    const offset = this.words[word] ?? noText;
    return offset === noText ? null : this.text.toString('utf8', offset, offset + (this.words[word + 1] ?? 0));
  }

  /** To be called by whoever needs them no more. */
  recycle(): void {
    this.length = 0;
    this.textLength = 0;
    this.generation += 1;
    this.#sources.clear();
    if (spare.length < maxSpare && this.words.byteLength + this.text.length <= maxSpareBytes) spare.push(this);
  }

  setHttpStatus(base: number, status: number | null): void {
    this.words[base + at.httpStatus] = status ?? 0;
    this.words[base + at.httpStatus + 1] = status === null ? 0 : 1;
  }

  #put(word: number, text: string | null): void {
    if (text !== null) this.set(word, this.write(text));
  }

  #putInt64(word: number, value: bigint): void {
    this.words[word] = Number(value & 0xffff_ffffn);
    this.words[word + 1] = Number(value >> 32n);
  }
}

/** Where the texts are that the spans of a source have in common. */
export interface SourcePlaces {
  readonly service: Place;
  readonly version: Place;
  readonly resource: Place;
}

const nowhere: Place = { offset: noText, length: 0 };

/** An event as it is kept in the JSON text of a span's `events`. */
interface StoredEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

/** The JSON text of a span's events; null without any. */
export function eventsText(events: readonly SpanEvent[]): string | null {
  if (events.length === 0) return null;
  return JSON.stringify(
    events.map(({ name, timeNs, attributes }): StoredEvent => ({ name, timeMs: msOf(timeNs), attributes })),
  );
}
