import protobuf from 'protobufjs';
import type { Random } from './random.ts';

/** A field of a message on the wire: its tag, and its bytes or, where a message is known to be in them, the fields of that. */
interface Field {
  tag: number;
  value: Uint8Array | Field[];
}

/** Which fields of a message are messages, by number. */
interface Shape {
  readonly [field: number]: Shape;
}

const keyValue: Shape = { 2: {} };
const span: Shape = { 9: keyValue, 11: { 3: keyValue }, 15: {} };
const tracesRequest: Shape = { 1: { 1: { 1: keyValue }, 2: { 2: span } } };

/** The request with one byte changed, lost or added, or cut off: mostly no Protobuf any more. */
export function damaged(body: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * body.length);
  const byte = Buffer.from([Math.floor(random() * 256)]);
  const kind = Math.floor(random() * 4);
  if (kind === 0) return body.subarray(0, at);
  if (kind === 1) return Buffer.concat([body.subarray(0, at), byte, body.subarray(at)]);
  return Buffer.concat([body.subarray(0, at), kind === 2 ? byte : Buffer.alloc(0), body.subarray(at + 1)]);
}

/** The request with fields doubled, lost, moved, renumbered or given other bytes, and all lengths right. */
export function rearranged(body: Buffer, random: Random): Buffer {
  const fields = read(body, tracesRequest);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change += 1) {
    const messages = messagesIn(fields);
    rearrange(messages[Math.floor(random() * messages.length)] ?? fields, random);
  }
  return Buffer.from(write(fields));
}

function rearrange(fields: Field[], random: Random): void {
  const at = Math.floor(random() * fields.length);
  const to = Math.floor(random() * (fields.length + 1));
  const field = fields[at];
  if (field === undefined) return;
  const kind = Math.floor(random() * 5);
  if (kind === 0) fields.splice(at, 1);
  else if (kind === 1) fields.splice(to, 0, field);
  else if (kind === 2) fields.splice(to, 0, ...fields.splice(at, 1));
  else if (kind === 3) fields[at] = { ...field, tag: (Math.floor(random() * 18) << 3) | (field.tag & 7) };
  else fields[at] = other(field, random);
}

/** The same field with other bytes. */
function other({ tag }: Field, random: Random): Field {
  const wireType = tag & 7;
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : Math.floor(random() * 20);
  const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  if (wireType === 0)
    return {
      tag,
      value: protobuf.Writer.create()
        .int32(Math.floor(random() * 600) - 100)
        .finish(),
    };
  if (wireType !== 2 || random() < 0.3) return { tag, value: bytes };
  const text =
    ['', '7', 'é "quoted"\\\n', '__proto__', '\u0000', 'http.route', '\ufeffbom'][Math.floor(random() * 7)] ?? '';
  return { tag, value: Buffer.from(text) };
}

function messagesIn(fields: Field[]): Field[][] {
  return [fields, ...fields.flatMap(({ value }) => (Array.isArray(value) ? messagesIn(value) : []))];
}

function read(bytes: Uint8Array, shape: Shape): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const from = reader.pos;
    const inner = shape[tag >>> 3];
    if ((tag & 7) === 2) {
      const value = reader.bytes();
      fields.push({ tag, value: inner === undefined ? value : read(value, inner) });
    } else {
      reader.skipType(tag & 7);
      fields.push({ tag, value: bytes.slice(from, reader.pos) });
    }
  }
  return fields;
}

function write(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(({ tag, value }) => {
    const bytes = Array.isArray(value) ? write(value) : value;
    const head = protobuf.Writer.create().uint32(tag);
    if ((tag & 7) === 2) head.uint32(bytes.length);
    return [head.finish(), bytes];
  });
  return Buffer.concat(parts);
}
