import { errors, Pool } from 'undici';
import { urlOf } from './config.ts';
import { UpstreamError, UpstreamTimeoutError, UpstreamUnavailableError } from './errors.ts';

/** Calls one other service over HTTP with JSON. */
export interface Client {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<void>;
}

/**
 * A client of `service` at `<SERVICE>_URL`. Every call ends after `timeoutMs`.
 * Errors: UpstreamError (it answered 4xx or 5xx), UpstreamTimeoutError, UpstreamUnavailableError.
 */
export function clientOf(service: string, timeoutMs = 2000): Client {
  const url = new URL(urlOf(service));
  const basePath = url.pathname.replace(/\/$/, '');
  // Idle connections are closed after 1 s, long before any server closes them: a server that drains never cuts one in use.
  const pool = new Pool(url.origin, { connections: 64, keepAliveTimeout: 1000, keepAliveMaxTimeout: 1000 });

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const deadline = new AbortController();
    // What the call is aborted with is what OpenTelemetry records on its span; of an AbortSignal.timeout that is the number 23.
    const timer = setTimeout(() => deadline.abort(new UpstreamTimeoutError(service, timeoutMs)), timeoutMs);
    try {
      const response = await pool.request({
        method,
        path: basePath + path,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: deadline.signal,
      });
      const text = await response.body.text();
      if (response.statusCode >= 400) throw new UpstreamError(service, response.statusCode, errorIn(text));
      return text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      if (error instanceof UpstreamError) throw error;
      throw isTimeout(error)
        ? new UpstreamTimeoutError(service, timeoutMs)
        : new UpstreamUnavailableError(service, error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    get: async <Answer>(path: string) => (await call('GET', path)) as Answer,
    post: async <Answer>(path: string, body: unknown) => (await call('POST', path, body)) as Answer,
    delete: async (path) => void (await call('DELETE', path)),
  };
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof UpstreamTimeoutError ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}

function errorIn(text: string): { code?: string; message?: string } {
  try {
    return (JSON.parse(text) as { error?: { code?: string; message?: string } }).error ?? {};
  } catch {
    // Whoever answered does not speak our format (a proxy's page, say): the status is all there is to know.
    return {};
  }
}
