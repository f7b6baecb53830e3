// The globals TextEncoder and TextDecoder as k6 has them: makers of plain objects, without encodeInto.
import { asText } from './as-text.ts';
import { callHost } from './bridge.ts';
import { toBase64, utf8 } from './bytes.ts';
import { GoError } from './go-error.ts';

interface Encoder {
  encode(text?: unknown): Uint8Array;
  readonly encoding: string;
}

interface Decoder {
  decode(input?: unknown, options?: { readonly stream?: boolean }): string;
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
}

export const TextEncoder = function textEncoder(): Encoder {
  return { encode: (text) => utf8(asText(text)), encoding: 'utf-8' };
};

const labels: Readonly<Record<string, string>> = {
  'unicode-1-1-utf-8': 'utf-8',
  unicode11utf8: 'utf-8',
  unicode20utf8: 'utf-8',
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'x-unicode20utf8': 'utf-8',
  csunicode: 'utf-16le',
  'iso-10646-ucs-2': 'utf-16le',
  'ucs-2': 'utf-16le',
  unicode: 'utf-16le',
  unicodefeff: 'utf-16le',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  unicodefffe: 'utf-16be',
  'utf-16be': 'utf-16be',
};

interface Wishes {
  readonly fatal?: boolean;
  readonly ignoreBOM?: boolean;
}

/** UTF-8 and UTF-16, as in k6; a RangeError for other encodings, and with `fatal` a TypeError for what is no such text. */
export const TextDecoder = function textDecoder(label?: unknown, wishes?: Wishes | null): Decoder {
  const asked = label === null ? '' : asText(label);
  const encoding = labels[asked.trim().toLowerCase() || 'utf-8'];
  if (encoding === undefined) throw new RangeError(`unsupported encoding: ${asked}`);
  const fatal = Boolean(wishes?.fatal);
  const ignoreBOM = Boolean(wishes?.ignoreBOM);
  let held = new Uint8Array(0);
  let begun = false;
  const decode: Decoder['decode'] = (input, options) => {
    const bytes = joined(held, bytesOfInput(input));
    const end = options?.stream ? bytes.length - unfinished(bytes, encoding) : bytes.length;
    held = bytes.slice(end);
    const whole = { base64: toBase64(bytes.subarray(0, end)), encoding, fatal, ignoreBOM: ignoreBOM || begun };
    begun = Boolean(options?.stream) && (begun || end > 0);
    return callHost('encoding.text', whole) as string;
  };
  return { decode, encoding, fatal, ignoreBOM };
};

function bytesOfInput(input: unknown): Uint8Array {
  if (input === undefined || input === null) return new Uint8Array(0);
  if (typeof input === 'string') return utf8(input);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
  throw new GoError('data is not an ArrayBuffer, typed array, or DataView');
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** How many of the last bytes begin a character that the next ones may complete. */
function unfinished(bytes: Uint8Array, encoding: string): number {
  if (encoding !== 'utf-8') return unfinishedUtf16(bytes, encoding === 'utf-16be');
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function unfinishedUtf16(bytes: Uint8Array, bigEndian: boolean): number {
  const odd = bytes.length % 2;
  if (bytes.length - odd < 2) return odd;
  const high = bytes[bytes.length - odd - (bigEndian ? 2 : 1)] ?? 0;
  return odd + (high >= 0xd8 && high <= 0xdb ? 2 : 0);
}
