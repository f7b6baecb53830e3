import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { messageOf } from '../errors.ts';

/** A request that is answered with an HTTP status and a google.rpc.Status instead of being taken. */
export class Refusal extends Error {
  readonly status: number;
  /** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const rpcCodes = {
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** How many bytes may be in memory between the socket and the database. */
export interface Budget {
  /** Refuses with 429 what does not fit. */
  take(bytes: number): void;
}

const inflaters = new Map([
  ['gzip', promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, ZlibOptions, Buffer>(inflate)],
]);

/** The whole body, decompressed, at most `maxBytes` long before and after; every byte is taken from the budget. Throws Refusal. */
export async function readBody(request: IncomingMessage, maxBytes: number, budget: Budget): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const unpack = inflaters.get(encoding);
  if (encoding !== 'identity' && unpack === undefined) {
    throw new Refusal(
      415,
      rpcCodes.unimplemented,
      `content encoding ${encoding} is not known; send gzip, deflate or none`,
    );
  }
  const body = await collect(request, maxBytes, budget);
  if (unpack === undefined) return body;
  try {
    const plain = await unpack(body, { maxOutputLength: maxBytes });
    budget.take(plain.length);
    return plain;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new Refusal(400, rpcCodes.invalidArgument, `the body is not ${encoding}: ${messageOf(error)}`);
  }
}

async function collect(request: IncomingMessage, maxBytes: number, budget: Budget): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    budget.take(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    413,
    rpcCodes.resourceExhausted,
    `the body is larger than ${maxBytes} bytes; send smaller batches`,
  );
}
