// Bytes cross to the engine as base64, because only JSON does. Small, because every virtual user has a copy.
import { GoError } from './go-error.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const replacement = 0xfffd;

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    const three = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    codes[at] = digits[three >> 18] ?? 0;
    codes[at + 1] = digits[(three >> 12) & 63] ?? 0;
    codes[at + 2] = digits[(three >> 6) & 63] ?? 0;
    codes[at + 3] = digits[three & 63] ?? 0;
    at += 4;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? ascii(codes) : ascii(codes.subarray(0, at - missing)) + '='.repeat(missing);
}

/** As many arguments as a call may have without filling the interpreter's stack. */
const mostArguments = 4096;

function ascii(codes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < codes.length; at += mostArguments)
    text += String.fromCharCode(...codes.subarray(at, at + mostArguments));
  return text;
}

/** Of base64 as the engine writes it, standard and padded: what a script gives is decoded by the engine. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - missing);
  let at = 0;
  for (let from = 0; from < text.length; from += 4) {
    const head = ((sixes[text.charCodeAt(from)] ?? 0) << 18) | ((sixes[text.charCodeAt(from + 1)] ?? 0) << 12);
    const three = head | ((sixes[text.charCodeAt(from + 2)] ?? 0) << 6) | (sixes[text.charCodeAt(from + 3)] ?? 0);
    // What the padding stands for lies behind the end, where a write does nothing.
    bytes[at] = three >> 16;
    bytes[at + 1] = three >> 8;
    bytes[at + 2] = three;
    at += 3;
  }
  return bytes;
}

const digits = new Uint8Array(64);
const sixes = new Uint8Array(128);
for (let six = 0; six < alphabet.length; six += 1) {
  digits[six] = alphabet.charCodeAt(six);
  sixes[alphabet.charCodeAt(six)] = six;
}

/** Half a surrogate pair becomes U+FFFD, as in Go. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    push(bytes, code >= 0xd800 && code <= 0xdfff ? replacement : code);
  }
  return new Uint8Array(bytes);
}

function push(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
  else if (code < 0x1_0000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
}

/** What k6 takes as bytes: a text, an ArrayBuffer, or an array of unsigned bytes; throws k6's error for all else. */
export function bytesOf(value: unknown): Uint8Array {
  if (typeof value === 'string') return utf8(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray)
    return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  throw new GoError(`invalid type ${goType(value)}, expected string, []byte or ArrayBuffer`);
}

/** Bytes for the engine: a text goes as it is. */
export function packed(value: unknown): string | { readonly base64: string } {
  return typeof value === 'string' ? value : { base64: toBase64(bytesOf(value)) };
}

/** The name that k6 shows for a value's type in its messages. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return '*big.Int';
  if (Array.isArray(value)) return '[]interface {}';
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return 'map[string]interface {}';
  const kind = Object.prototype.toString.call(value).slice(8, -6);
  return `[]${kind.replace('Big', '').toLowerCase()}`;
}
