import { Agent, errors, request } from 'undici';
import { messageOf } from '../../errors.ts';
import type { HttpReply, HttpRequest } from './protocol.ts';

/** Idle connections live no longer, so that a service which drains loses no request of ours. */
const keepAliveMs = 1000;

/** Called for each request that was really sent, redirects included. `failed` as k6 means it: no answer, or a status of 400 and more. */
export type OnRequest = (sample: {
  readonly endedAt: number;
  readonly startedAt: number;
  readonly failed: boolean;
}) => void;

/** The one connection pool of all virtual users. */
export class HttpClient {
  readonly #agent = new Agent({
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  readonly #userAgent: string;

  constructor(userAgent: string) {
    this.#userAgent = userAgent;
  }

  /** Sends and follows redirects; never rejects. */
  async send(asked: HttpRequest, onRequest: OnRequest): Promise<HttpReply> {
    let next = asked;
    for (let left = asked.redirects; ; left -= 1) {
      const reply = await this.#sendOne(next, onRequest);
      const location = reply.headers['Location'];
      if (left <= 0 || location === undefined || ![301, 302, 303, 307, 308].includes(reply.status)) return reply;
      next = redirected(next, reply.status, location);
    }
  }

  async #sendOne(asked: HttpRequest, onRequest: OnRequest): Promise<HttpReply> {
    const startedAt = performance.now();
    const reply = await this.#exchange(asked, startedAt);
    onRequest({ startedAt, endedAt: performance.now(), failed: reply.status === 0 || reply.status >= 400 });
    return reply;
  }

  async #exchange(asked: HttpRequest, startedAt: number): Promise<HttpReply> {
    const elapsed = (): number => performance.now() - startedAt;
    try {
      const response = await request(asked.url, {
        dispatcher: this.#agent,
        method: asked.method,
        headers: { 'user-agent': this.#userAgent, ...asked.headers },
        ...(asked.body !== undefined && { body: asked.body }),
        signal: AbortSignal.timeout(asked.timeoutMs),
      });
      const waiting = elapsed();
      const body = await response.body.text();
      const duration = elapsed();
      return {
        status: response.statusCode,
        statusText: `${response.statusCode} ${response.statusText}`,
        url: asked.url,
        headers: canonical(response.headers),
        body,
        error: '',
        errorCode: response.statusCode >= 400 ? 1000 + response.statusCode : 0,
        timings: { duration, waiting, receiving: duration - waiting },
      };
    } catch (error) {
      return noAnswer(asked.url, error, elapsed());
    }
  }
}

function redirected(asked: HttpRequest, status: number, location: string): HttpRequest {
  const url = new URL(location, asked.url).href;
  if (status >= 307 || asked.method === 'GET' || asked.method === 'HEAD') return { ...asked, url };
  const { body: _, ...rest } = asked;
  return { ...rest, url, method: 'GET' };
}

/** Header names as k6 (Go) shows them: `Content-Type`. */
function canonical(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    shown[name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase())] = [value ?? ''].flat().join(', ');
  }
  return shown;
}

function noAnswer(url: string, error: unknown, duration: number): HttpReply {
  return {
    status: 0,
    statusText: '',
    url,
    headers: {},
    body: '',
    error: messageOf(error),
    errorCode: errorCode(error),
    timings: { duration, waiting: duration, receiving: 0 },
  };
}

/** https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
function errorCode(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof Error && error.name === 'TimeoutError') return 1050;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 1101;
  if (code === 'ECONNREFUSED') return 1212;
  if (code === 'ECONNRESET' || error instanceof errors.SocketError) return 1220;
  return 1000;
}
