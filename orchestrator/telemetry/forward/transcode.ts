import type protobuf from 'protobufjs';
import type { Encoding, Signal } from '../otlp/decode.ts';
import { requestMessages } from './messages.ts';

/** A message of OTLP by its camel-case fields; bytes are `Uint8Array`. */
export type Message = Readonly<Record<string, unknown>>;

/** Byte fields that OTLP/JSON writes in hex; other bytes are base64. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const ids: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Reads a whole request; throws on what is none. A 64-bit integer that JSON has as a bare number is as exact as a double. */
export function readRequest(signal: Signal, encoding: Encoding, body: Uint8Array): Message {
  const type = requestMessages[signal];
  return encoding === 'protobuf' ? type.decode(body) : type.fromObject(parse(body));
}

export function writeRequest(signal: Signal, encoding: Encoding, request: Message): Buffer {
  const type = requestMessages[signal];
  if (encoding === 'protobuf') return asBuffer(type.encode(request).finish());
  // Fields are all that `toObject` looks at.
  const fields = type.toObject(request as unknown as protobuf.Message, { longs: String, json: true });
  return Buffer.from(JSON.stringify(fields, bytesAsText));
}

/** Ids to bytes; everything else is as protobufjs wants it. */
function parse(body: Uint8Array): Record<string, unknown> {
  const request: unknown = JSON.parse(Buffer.from(body).toString('utf8'), (key, value: unknown) =>
    ids.has(key) && typeof value === 'string' ? Buffer.from(value, 'hex') : value,
  );
  if (typeof request !== 'object' || request === null) throw new TypeError('the request is not an object');
  return { ...request };
}

/** For JSON.stringify, which would call a Buffer's own toJSON before: hence `this`. */
function bytesAsText(this: Message, key: string, value: unknown): unknown {
  const bytes = this[key];
  return bytes instanceof Uint8Array ? asBuffer(bytes).toString(ids.has(key) ? 'hex' : 'base64') : value;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
