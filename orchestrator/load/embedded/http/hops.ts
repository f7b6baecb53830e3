import { decode } from './compression.ts';
import type { Outcome } from './exchange.ts';
import { RequestFailure } from './failures.ts';
import { valuesOf } from './headers.ts';
import { redirectOf, type Hop } from './redirects.ts';
import { InvalidUrl, targetOf, type Target } from './target.ts';

/** The target, or what is wrong with its URL. */
export function validTarget(url: string): Target | InvalidUrl {
  try {
    return targetOf(url);
  } catch (error) {
    if (error instanceof InvalidUrl) return error;
    throw error;
  }
}

/** Where an answer leads, undefined where it is the last one, or why it cannot be followed. */
export function nextHop(hop: Hop, first: Hop, outcome: Outcome): Hop | RequestFailure | undefined {
  if (outcome.failure || outcome.status < 300) return undefined;
  try {
    return redirectOf(hop, first, outcome.status, valuesOf(outcome.headers, 'location')[0]);
  } catch (error) {
    if (error instanceof RequestFailure) return error;
    throw error;
  }
}

export interface ReadBody {
  /** Missing where an answer has none, or it could not be decoded. */
  readonly body?: Buffer;
  readonly failure?: RequestFailure;
}

/** The body of an answer, decoded; or of what came before it broke off. */
export function bodyOf(outcome: Outcome): ReadBody | Promise<ReadBody> {
  if (outcome.status === 204 || outcome.status === 304) return {};
  const [one, more] = outcome.chunks;
  const bytes = one !== undefined && more === undefined ? one : Buffer.concat(outcome.chunks);
  const [encoding] = valuesOf(outcome.headers, 'content-encoding');
  return encoding === undefined || outcome.failure ? { body: bytes } : decoded(bytes, encoding);
}

async function decoded(bytes: Buffer, encoding: string): Promise<ReadBody> {
  try {
    return { body: await decode(bytes, encoding) };
  } catch (error) {
    if (error instanceof RequestFailure) return { failure: error };
    throw error;
  }
}

/** Why no request can go to a target without an origin. */
export function unsendable({ url }: Target): RequestFailure {
  const known = url.scheme === 'http' || url.scheme === 'https';
  return new RequestFailure(
    1000,
    known ? 'http: no Host in request URL' : `unsupported protocol scheme "${url.scheme}"`,
  );
}
