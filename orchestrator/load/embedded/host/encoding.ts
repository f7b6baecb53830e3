import { unpacked, type PackedBytes } from './bytes.ts';
import { goError } from './go-error.ts';

/** Base64 as Go writes and reads it, and texts from bytes. */
export const encodingOperations = {
  'encoding.encode': ({ input, encoding }: { input: PackedBytes; encoding: string }): string =>
    base64(unpacked(input), encoding),

  /** Text, or base64 of the bytes. */
  'encoding.decode'({ input, encoding, text }: { input: string; encoding: string; text: boolean }): string {
    const bytes = decoded(input.replaceAll(/[\r\n]/g, ''), encoding);
    return bytes.toString(text ? 'utf8' : 'base64');
  },

  'encoding.text'({ base64: bytes, encoding, fatal, ignoreBOM }: TextOfBytes): string {
    try {
      return new TextDecoder(encoding, { fatal, ignoreBOM }).decode(Buffer.from(bytes, 'base64'));
    } catch {
      throw new TypeError('decoding text: invalid byte sequence');
    }
  },
};

interface TextOfBytes {
  readonly base64: string;
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
}

/** k6's names of the four alphabets; any other name is the standard one. */
export function base64(bytes: Buffer, encoding: string): string {
  const isUrl = encoding === 'url' || encoding === 'rawurl';
  const padded = bytes.toString('base64');
  const text = isUrl ? padded.replaceAll('+', '-').replaceAll('/', '_') : padded;
  return encoding.startsWith('raw') && isRaw(encoding) ? text.replace(/=+$/, '') : text;
}

const isRaw = (encoding: string): boolean => encoding === 'rawstd' || encoding === 'rawurl';

/** As strict as Go: the right alphabet, and padding exactly where the encoding has it. */
function decoded(input: string, encoding: string): Buffer {
  const allowed = encoding === 'url' || encoding === 'rawurl' ? /^[\w-]*/ : /^[A-Za-z0-9+/]*/;
  const digits = allowed.exec(input)?.[0].length ?? 0;
  const padding = isRaw(encoding) ? 0 : (4 - (digits % 4)) % 4;
  const isWhole = digits % 4 !== 1 && input.slice(digits) === '='.repeat(padding);
  if (!isWhole) throw goError(`illegal base64 data at input byte ${firstWrong(input, digits, padding)}`);
  return Buffer.from(input, 'base64');
}

/** Go points to the character that is wrong, or where the input ends too early to the start of its last group. */
function firstWrong(input: string, digits: number, padding: number): number {
  if (digits === input.length) return digits - (digits % 4);
  const right = padding === 3 ? 0 : input.slice(digits, digits + padding).search(/[^=]/);
  return right < 0 ? digits + padding : digits + right;
}
