import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { messageOf } from '../errors.ts';
import type { BodyPool } from './body-pool.ts';

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

/** What a body may take. */
export interface BodyLimits {
  /** Of its length, before it is decompressed and after. */
  readonly maxBytes: number;
  readonly budget: Budget;
  readonly pool: BodyPool;
}

/** The whole body, decompressed, whose memory may be the pool's; every byte is taken from the budget. Throws Refusal. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const unpack = inflaters.get(encoding);
  if (encoding !== 'identity' && unpack === undefined) {
    throw new Refusal(
      415,
      rpcCodes.unimplemented,
      `content encoding ${encoding} is not known; send gzip, deflate or none`,
    );
  }
  const { maxBytes, budget, pool } = limits;
  const body = await collect(request, limits);
  if (unpack === undefined) return body;
  try {
    const plain = await unpack(body, { maxOutputLength: maxBytes });
    budget.take(plain.length);
    return plain;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new Refusal(400, rpcCodes.invalidArgument, `the body is not ${encoding}: ${messageOf(error)}`);
  } finally {
    pool.give(body);
  }
}

async function collect(request: IncomingMessage, { maxBytes, budget, pool }: BodyLimits): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let body = pool.take(0);
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const needed = length + chunk.length;
    if (needed > maxBytes) throw tooLarge(maxBytes);
    budget.take(chunk.length);
    if (needed > body.length) {
      // Twice as much, however much is announced: what a sender never sends takes no memory.
      const larger = pool.take(2 * needed);
      body.copy(larger, 0, 0, length);
      pool.give(body);
      body = larger;
    }
    chunk.copy(body, length);
    length = needed;
  }
  return body.subarray(0, length);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    413,
    rpcCodes.resourceExhausted,
    `the body is larger than ${maxBytes} bytes; send smaller batches`,
  );
}
