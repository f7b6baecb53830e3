import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { unpacked, type PackedBytes } from './bytes.ts';
import { base64 } from './encoding.ts';
import { md4 } from './md4.ts';

interface DigestOf {
  readonly algorithm: string;
  /** Of an HMAC. */
  readonly key?: PackedBytes;
  readonly inputs: readonly PackedBytes[];
  readonly encoding: string;
}

export const cryptoOperations = {
  /** `binary` as base64. */
  'crypto.digest'({ algorithm, key, inputs, encoding }: DigestOf): string {
    const message = Buffer.concat(inputs.map(unpacked));
    const sum = key === undefined ? digest(algorithm, message) : hmac(algorithm, unpacked(key), message);
    return encoding === 'hex' ? sum.toString('hex') : base64(sum, alphabets[encoding] ?? 'std');
  },
  'crypto.random': (size: number): string => randomBytes(size).toString('base64'),
  'crypto.uuid': (): string => randomUUID(),
};

const alphabets: Readonly<Record<string, string>> = { base64url: 'url', base64rawurl: 'rawurl' };

/** OpenSSL's name of k6's algorithm. */
const nodeName = (algorithm: string): string => algorithm.replace('_', '-');

function digest(algorithm: string, message: Buffer): Buffer {
  return algorithm === 'md4' ? md4(message) : createHash(nodeName(algorithm)).update(message).digest();
}

function hmac(algorithm: string, key: Buffer, message: Buffer): Buffer {
  return algorithm === 'md4' ? md4Hmac(key, message) : createHmac(nodeName(algorithm), key).update(message).digest();
}

const blockBytes = 64;

/** RFC 2104 */
function md4Hmac(key: Buffer, message: Buffer): Buffer {
  const block = Buffer.alloc(blockBytes);
  (key.length > blockBytes ? md4(key) : key).copy(block);
  const pad = (byte: number): Buffer => Buffer.from(block.map((one) => one ^ byte));
  return md4(Buffer.concat([pad(0x5c), md4(Buffer.concat([pad(0x36), message]))]));
}
