import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { undecodable } from './failures.ts';
import type { Compression } from '../k6/http/wire.ts';

type Transform = (bytes: Buffer) => Promise<Buffer>;

const encoders: Readonly<Record<Compression, Transform>> = {
  gzip: promisify(zlib.gzip),
  deflate: promisify(zlib.deflate),
  zstd: promisify(zlib.zstdCompress),
  br: promisify(zlib.brotliCompress),
};

const decoders: Readonly<Record<Compression, Transform>> = {
  gzip: promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  zstd: promisify(zlib.zstdDecompress),
  br: promisify(zlib.brotliDecompress),
};

/** Compresses with one after the other. */
export async function encode(body: string | Uint8Array, compressions: readonly Compression[]): Promise<Buffer> {
  let bytes = Buffer.from(body as Uint8Array);
  for (const one of compressions) bytes = (await encoders[one](bytes)) as typeof bytes;
  return bytes;
}

/** The decoded body; what k6 does not know of is left as it is. Throws a RequestFailure. */
export async function decode(body: Buffer, contentEncoding: string): Promise<Buffer> {
  let bytes = body;
  for (const name of contentEncoding.split(',').toReversed()) {
    const encoding = name.trim();
    if (!Object.hasOwn(decoders, encoding)) continue;
    try {
      bytes = await decoders[encoding as Compression](bytes);
    } catch (error) {
      throw undecodable(reasonOf(encoding, error));
    }
  }
  return bytes;
}

/** In the words of Go's packages where they have some for it. */
function reasonOf(encoding: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('incorrect header check'))
    return encoding === 'deflate' ? 'zlib: invalid header' : 'gzip: invalid header';
  if (message.includes('incorrect data check')) return `${encoding === 'deflate' ? 'zlib' : 'gzip'}: invalid checksum`;
  if (encoding === 'zstd') return 'invalid input: magic number mismatch';
  return `${encoding}: ${message}`;
}
