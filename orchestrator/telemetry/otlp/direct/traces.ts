import type { ExceptionRecord, Records, Source } from '../../records.ts';
import { SpanRows } from '../../span-rows.ts';
import { decodeMessage } from '../proto.ts';
import { sourceOf } from '../values.ts';
import { SpanReader } from './span.ts';
import { Unusual, Wire } from './wire.ts';

/** Fields of ExportTraceServiceRequest, ResourceSpans and ScopeSpans, each with its wire type. */
const tags = { resourceSpans: 0x0a, resource: 0x0a, scopeSpans: 0x12, span: 0x12 } as const;

/**
 * Reads an OTLP request of traces in Protobuf in one pass, without an object per span. What it says is what the general reader
 * says (`decodeAny`); undefined for whatever is not quite as the SDKs write it, or is malformed: that one has to be asked then.
 */
export function readTraces(body: Buffer): Pick<Records, 'spans' | 'exceptions'> | undefined {
  const spans = SpanRows.empty();
  try {
    return { spans, exceptions: reader.read(body, spans) };
  } catch (error) {
    spans.recycle();
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

class TraceReader {
  readonly #wire = new Wire();
  readonly #spans = new SpanReader(this.#wire, SpanRows.empty());

  /** Reads spans into `rows` and returns their exceptions; throws Unusual. */
  read(body: Buffer, rows: SpanRows): readonly ExceptionRecord[] {
    rows.room(body.length);
    this.#wire.begin(body);
    this.#spans.setRows(rows);
    this.#request();
    return this.#spans.exceptions;
  }

  #request(): void {
    this.#fields(this.#wire.bytes.length, (tag, end) => {
      if (tag !== tags.resourceSpans) return false;
      this.#resourceSpans(end);
      return true;
    });
  }

  #resourceSpans(end: number): void {
    const wire = this.#wire;
    const start = wire.pos;
    // The resource may come after its spans.
    let source: Source | undefined;
    this.#fields(end, (tag, fieldEnd) => {
      if (tag !== tags.resource) return false;
      if (source !== undefined) throw new Unusual();
      source = wire.slowly(fieldEnd, (reader, length) => sourceOf(decodeMessage('Resource', reader, length)));
      return true;
    });
    this.#spans.setSource(source ?? sourceOf(undefined));
    wire.pos = start;
    this.#fields(end, (tag, fieldEnd) => {
      if (tag !== tags.scopeSpans) return false;
      this.#scopeSpans(fieldEnd);
      return true;
    });
  }

  #scopeSpans(end: number): void {
    this.#fields(end, (tag, fieldEnd) => {
      if (tag !== tags.span) return false;
      this.#spans.read(fieldEnd);
      return true;
    });
  }

  /** Goes through the fields up to `end`: those with a length that `take` wants, and over the others. */
  #fields(end: number, take: (tag: number, end: number) => boolean): void {
    const wire = this.#wire;
    while (wire.pos < end) {
      const tag = wire.varint();
      if ((tag & 7) !== 2) wire.skip(tag, end);
      else {
        if (tag >>> 3 === 0) throw new Unusual();
        const fieldEnd = wire.fieldEnd(end);
        if (!take(tag, fieldEnd)) wire.pos = fieldEnd;
      }
    }
    if (wire.pos !== end) throw new Unusual();
  }
}

/** One for all requests: objects of its classes that came and went would take the code that V8 has optimized for them along. */
const reader = new TraceReader();
