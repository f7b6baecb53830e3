import type { Attributes } from '../../backends/backend.ts';
import type { Source } from '../records.ts';

/** A record that breaks OTLP's rules; it is rejected, the rest of its request is kept. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

export type Fields = Readonly<Record<string, unknown>>;

/** Deeper nested attribute values are refused; protobufjs stops at 100 anyway. */
const maxDepth = 32;
const maxInt64 = 2n ** 63n - 1n;

/** An object; absent counts as empty, as in Protobuf. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) throw new MalformedError(`${what} is not an object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list; absent counts as empty, as in Protobuf. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MalformedError(`${what} is not a list`);
  return value;
}

/** Text in valid UTF-16, so that it survives the way through JSON and UTF-8. */
export function textOf(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new MalformedError(`${what} is not a string`);
  return value.toWellFormed();
}

/** A trace or span id as lower-case hex, from bytes or hex of any case; undefined when absent, empty or all zeros (OTLP's "invalid"). */
export function idOf(value: unknown, byteLength: number, what: string): string | undefined {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : (value ?? '');
  if (hex === '') return undefined;
  if (typeof hex !== 'string' || hex.length !== byteLength * 2 || !/^[0-9a-f]+$/i.test(hex)) {
    throw new MalformedError(`${what} is not ${byteLength} bytes of hex`);
  }
  return /^0+$/.test(hex) ? undefined : hex.toLowerCase();
}

/** Nanoseconds since the epoch from a decimal string or a number; 0 when absent. */
export function nanosOf(value: unknown, what: string): bigint {
  const nanos = integerOf(value ?? 0, what);
  if (nanos < 0n || nanos > maxInt64) throw new MalformedError(`${what} is out of range`);
  return nanos;
}

/** A 64-bit integer from a decimal string or a whole number. */
export function integerOf(value: unknown, what: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new MalformedError(`${what} is not an integer`);
}

/** A double; JSON writes what has no number as `NaN`, `Infinity`, `-Infinity`. */
export function doubleOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '') {
    const number = Number(value);
    if (value === 'NaN' || !Number.isNaN(number)) return number;
  }
  throw new MalformedError(`${what} is not a number`);
}

/** An enum's number from the number or from its name; unknown numbers become 0, as a newer sender may know more. */
export function enumOf(value: unknown, names: readonly string[], what: string): number {
  if (value === undefined || value === null) return 0;
  const number = typeof value === 'string' ? names.indexOf(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw new MalformedError(`${what} is not one of ${names.join(', ')}`);
  }
  return number < names.length ? number : 0;
}

/** Attributes as a flat object; lists, maps and bytes become JSON text, integers beyond 2^53 decimal text. */
export function attributesOf(value: unknown, what: string): Attributes {
  return Object.fromEntries(
    listOf(value, what).map((entry) => {
      const { key, value: any } = fieldsOf(entry, `an entry of ${what}`);
      const name = textOf(key, `a key of ${what}`);
      if (name === '') throw new MalformedError(`a key of ${what} is empty`);
      return [name, scalarOfAny(any, `${what} ${name}`)];
    }),
  );
}

/** What a resource says about the sender of its records. */
export function sourceOf(resource: unknown): Source {
  const attributes = attributesOf(fieldsOf(resource, 'resource')['attributes'], 'resource attributes');
  const version = attributes['service.version'];
  return {
    service: String(attributes['service.name'] ?? 'unknown_service'),
    version: version === undefined ? null : String(version),
    json: JSON.stringify(attributes),
  };
}

/** An AnyValue as an attribute has it. */
export function scalarOfAny(value: unknown, what: string): string | number | boolean {
  return scalarOf(plainOf(value, what));
}

/** A log's body as text. */
export function bodyOf(value: unknown): string {
  return String(scalarOfAny(value, 'body'));
}

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

function scalarOf(value: Plain): string | number | boolean {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** An AnyValue as a plain JSON value. */
function plainOf(value: unknown, what: string, depth = 0): Plain {
  if (depth > maxDepth) throw new MalformedError(`${what} is nested deeper than ${maxDepth}`);
  const any = fieldsOf(value, what);
  if (any['stringValue'] !== undefined) return textOf(any['stringValue'], what);
  if (any['intValue'] !== undefined) return smallest(integerOf(any['intValue'], what));
  if (any['boolValue'] !== undefined) return any['boolValue'] === true;
  if (any['doubleValue'] !== undefined) return finite(doubleOf(any['doubleValue'], what));
  if (any['bytesValue'] !== undefined) return base64Of(any['bytesValue'], what);
  if (any['arrayValue'] !== undefined) {
    const { values } = fieldsOf(any['arrayValue'], what);
    return listOf(values, what).map((entry) => plainOf(entry, what, depth + 1));
  }
  if (any['kvlistValue'] === undefined) return null;
  const { values } = fieldsOf(any['kvlistValue'], what);
  return Object.fromEntries(
    listOf(values, what).map((entry) => {
      const pair = fieldsOf(entry, what);
      return [textOf(pair['key'], what), plainOf(pair['value'], what, depth + 1)];
    }),
  );
}

function smallest(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}

/** JSON has no NaN and no infinity. */
function finite(number: number): number | string {
  return Number.isFinite(number) ? number : String(number);
}

function base64Of(value: unknown, what: string): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : textOf(value, what);
}
