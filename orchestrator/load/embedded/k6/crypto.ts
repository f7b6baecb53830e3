// Module `k6/crypto`: https://grafana.com/docs/k6/latest/javascript-api/k6-crypto/
import { asText } from './as-text.ts';
import { callHost } from './bridge.ts';
import { bytesOf, fromBase64, packed } from './bytes.ts';
import { GoError } from './go-error.ts';

type Input = ReturnType<typeof packed>;
type Digest = string | ArrayBuffer;

const algorithms = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'];

/** What is hashed so far is kept here, because the engine keeps nothing between two calls. */
class Hasher {
  readonly #algorithm: string;
  readonly #key: Input | undefined;
  readonly #inputs: Input[] = [];

  constructor(algorithm: string, key?: Input) {
    this.#algorithm = algorithm;
    this.#key = key;
    // Members of its own and not of its class, so that they survive destructuring, as in k6.
    this.update = this.update.bind(this);
    this.digest = this.digest.bind(this);
  }

  update(input?: unknown): void {
    this.#inputs.push(packed(input));
  }

  /** Of all inputs until now; `outputEncoding`: `hex`, `base64`, `base64url`, `base64rawurl`, or `binary` for an ArrayBuffer. */
  digest(outputEncoding?: unknown): Digest {
    const encoding = asText(outputEncoding);
    if (!outputs.includes(encoding)) throw new GoError(`invalid output encoding: ${encoding}`);
    const asked = { algorithm: this.#algorithm, key: this.#key, inputs: this.#inputs, encoding };
    const digest = callHost('crypto.digest', asked) as string;
    return encoding === 'binary' ? fromBase64(digest).buffer : digest;
  }
}

const outputs = ['hex', 'base64', 'base64url', 'base64rawurl', 'binary'];

/** A hash to be fed bit by bit. Throws for an algorithm that k6 does not know (k6 itself crashes there). */
export function createHash(algorithm?: unknown): Hasher {
  return new Hasher(known(algorithm));
}

export function createHMAC(algorithm?: unknown, key?: unknown): Hasher {
  return new Hasher(known(algorithm), packed(key));
}

export function hmac(algorithm?: unknown, key?: unknown, input?: unknown, outputEncoding?: unknown): Digest {
  const hasher = createHMAC(algorithm, key);
  hasher.update(input);
  return hasher.digest(outputEncoding);
}

function known(algorithm: unknown): string {
  const name = String(algorithm);
  if (!algorithms.includes(name)) throw new GoError(`invalid algorithm: ${name}`);
  return name;
}

const hashOf =
  (algorithm: string) =>
  (input?: unknown, outputEncoding?: unknown): Digest => {
    const hasher = new Hasher(algorithm);
    try {
      hasher.update(input);
    } catch (error) {
      throw error instanceof GoError ? new GoError(`${algorithm} failed: ${error.message}`) : error;
    }
    return hasher.digest(outputEncoding);
  };

export const md4 = hashOf('md4');
export const md5 = hashOf('md5');
export const sha1 = hashOf('sha1');
export const sha256 = hashOf('sha256');
export const sha384 = hashOf('sha384');
export const sha512 = hashOf('sha512');
export const sha512_224 = hashOf('sha512_224');
export const sha512_256 = hashOf('sha512_256');
export const ripemd160 = hashOf('ripemd160');

/** Lower-case hexadecimal digits of a text, an ArrayBuffer or an array of bytes. */
export function hexEncode(data?: unknown): string {
  return Array.from(bytesOf(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Cryptographically random; throws for a size below 1. */
export function randomBytes(size?: unknown): ArrayBuffer {
  const bytes = Math.trunc(Number(size));
  if (!(bytes >= 1)) throw new GoError('invalid size');
  return fromBase64(callHost('crypto.random', bytes) as string).buffer;
}
