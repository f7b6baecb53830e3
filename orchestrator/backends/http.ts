import { messageOf } from '../errors.ts';
import { NoAnswer, type NoAnswerCode } from './no-answer.ts';
import { redactor } from './redactor.ts';
import { revealed, type Secret } from './secret.ts';

export { NoAnswer };

export interface HttpClientOptions {
  /** Whom errors name. */
  readonly name: string;
  /** Base URL; a path of its own stays in front of every path asked for. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** The longest one answer may take. Milliseconds. */
  readonly answerMs: number;
  readonly maxBytes?: number;
}

export interface HttpRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Statuses that are an answer and not an error; the caller looks at `status`. */
  readonly accept?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks one backend over HTTP; whatever keeps it from answering is a NoAnswer with a name and a remedy. */
export interface HttpClient {
  /** The parsed JSON of an answer. `path` begins with `/`. */
  json(path: string, request?: HttpRequest): Promise<unknown>;
  text(path: string, request?: HttpRequest): Promise<HttpAnswer>;
  /** How far the backend's clock is ahead of ours by its last `Date` header, to the second; undefined without one. Milliseconds. */
  readonly skewMs: number | undefined;
}

export function httpClient(options: HttpClientOptions): HttpClient {
  const { name, url, headers = {}, answerMs, maxBytes = 256 * 1024 * 1024 } = options;
  let skewMs: number | undefined;
  const discreet = redactor(headers);

  async function send(target: URL, { method, body }: HttpRequest): Promise<Response> {
    const headersToSend = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...revealed(headers),
    };
    try {
      return await fetch(target, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: headersToSend,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A login page behind a redirect is not an answer.
        redirect: 'manual',
        signal: AbortSignal.timeout(answerMs),
      });
    } catch (error) {
      throw unreachable(name, target, { answerMs, error, discreet });
    }
  }

  async function text(path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const { query = {}, accept = [] } = request;
    const target = new URL(`${url.replace(/\/$/, '')}${path}`);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(key, `${value}`);
    const response = await send(target, request);
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isFinite(date)) skewMs = Math.round((date - Date.now()) / 1000) * 1000;
    const read = await readAll(response, maxBytes).catch((error: unknown) => {
      throw cut(name, target, { answerMs, maxBytes, error });
    });
    const { status, ok } = response;
    const answer = { status, headers: response.headers, text: ok ? read : discreet(read) };
    if (ok || accept.includes(status)) return answer;
    throw refused(name, target, answer, discreet);
  }

  return {
    text,
    async json(path, request) {
      const answer = await text(path, request);
      try {
        return JSON.parse(answer.text) as unknown;
      } catch {
        // Without a cause: the parser's message quotes the text.
        throw new NoAnswer(
          'backend-nonsense',
          `${name} answered ${path} with something that is not JSON: ${excerpt(discreet(answer.text))}`,
          {
            hint: `check the URL: is ${placeOf(url)} the API of ${name}, or a page of something else in front of it?`,
            status: answer.status,
          },
        );
      }
    },
    get skewMs() {
      return skewMs;
    },
  };
}

async function readAll(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

interface Failure {
  readonly answerMs: number;
  readonly error: unknown;
  discreet(text: string): string;
}

/** Whether the code of a Node.js error is one of TLS, whose message may be several lines with paths of OpenSSL's sources. */
export const isOfTls = (code: string): boolean => /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/.test(code);

function unreachable(name: string, target: URL, { answerMs, error, discreet }: Failure): NoAnswer {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new NoAnswer('backend-slow', `${name} gave no answer within ${answerMs} ms (${target.origin})`, {
      hint: 'ask for less, or give it more time',
      cause: error,
    });
  }
  if (isOfTls(code)) {
    return new NoAnswer('backend-tls', `${name}: no secure connection to ${target.origin} (${code})`, {
      hint: 'write http:// for a server without TLS; for a certificate of your own set NODE_EXTRA_CA_CERTS to its authority',
      cause: error,
    });
  }
  const why = discreet(messageOf(cause));
  return new NoAnswer('backend-unreachable', `${name} cannot be reached at ${target.origin}: ${why}`, {
    hint: 'check the URL, and that the backend is running',
    cause: error,
  });
}

function cut(
  name: string,
  target: URL,
  { answerMs, maxBytes, error }: { readonly answerMs: number; readonly maxBytes: number; readonly error: unknown },
): NoAnswer {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new NoAnswer('backend-slow', `${name} did not end its answer to ${target.pathname} within ${answerMs} ms`, {
      cause: error,
    });
  }
  if (error instanceof RangeError) {
    return new NoAnswer('backend-too-much', `${name} answered ${target.pathname} with more than ${maxBytes} bytes`, {
      cause: error,
    });
  }
  return new NoAnswer('backend-cut', `${name}'s answer to ${target.pathname} was cut off: ${messageOf(error)}`, {
    hint: 'look for a proxy or a restart between us and it',
    cause: error,
  });
}

const refusals: Readonly<Record<number, readonly [code: NoAnswerCode, what: string, hint: string]>> = {
  401: [
    'backend-unauthorised',
    'does not know the key',
    'check the API key or token; it may be missing, mistyped or revoked',
  ],
  403: ['backend-forbidden', 'refuses this key', 'give the key the permission to read, and check IP restrictions'],
  404: ['backend-not-found', 'has nothing at this path', 'check the URL and the product behind it, and its version'],
  429: [
    'backend-rate-limited',
    'asks for a pause',
    'other clients of this key share the limit; wait, or ask less often',
  ],
};

function refused(
  name: string,
  target: URL,
  { status, headers, text }: HttpAnswer,
  discreet: (text: string) => string,
): NoAnswer {
  const retryAfter = Number(headers.get('retry-after'));
  const details = { status, ...(retryAfter > 0 && { retryAfterMs: retryAfter * 1000 }) };
  const said = `${status} to ${target.pathname}: ${excerpt(text)}`;
  if (status >= 300 && status < 400) {
    return new NoAnswer(
      'backend-unauthorised',
      `${name} answered with a redirect to ${discreet(placeOf(headers.get('location') ?? 'nowhere'))}`,
      {
        ...details,
        hint: 'write the URL it redirects to, or give the token that its login page asks for',
      },
    );
  }
  const [code, what, hint] =
    refusals[status] ??
    (status >= 500
      ? (['backend-failed', 'failed', 'look at its log'] as const)
      : ([
          'backend-rejected',
          'refused the question',
          'its version may be older or newer than those we know',
        ] as const));
  return new NoAnswer(code, `${name} ${what} (${said})`, { ...details, hint });
}

/** A URL or path without what may hold a password or token. */
function placeOf(location: string): string {
  const url = URL.parse(location);
  return url ? `${url.origin}${url.pathname}` : location.replace(/[?#].*$/s, '').replace(/^\/\/[^/]*@/, '//');
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line || 'no text';
}
