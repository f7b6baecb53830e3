import { check } from 'k6';
import http from 'k6/http';
import { baseUrl } from './settings.ts';
import { traceparent } from './trace-context.ts';

/** One call of the storefront's API. `name` stands for all its URLs, so that statistics are per endpoint. */
interface Call {
  readonly method: 'GET' | 'POST';
  readonly name: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** Another status that is no failure, only not what the visitor hoped for. */
  readonly or?: number;
  /** What the visitor expects to happen; the name of the check. */
  readonly expects: string;
  /** Of a visitor that is no browser. */
  readonly userAgent?: string;
}

/** Calls the storefront in a trace of its own; the answer's body, or undefined where the visitor gives up. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the shape of the answer, as docs/architecture.md gives it
export function call<T>({ method, name, path, body, status, or, expects, userAgent }: Call): T | undefined {
  const response = http.request(method, `${baseUrl}${path}`, body === undefined ? null : JSON.stringify(body), {
    headers: {
      traceparent: traceparent(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(userAgent !== undefined && { 'user-agent': userAgent }),
    },
    tags: { name: `${method} ${name}` },
    timeout: '15s',
    ...(or !== undefined && { responseCallback: http.expectedStatuses({ min: 200, max: 399 }, or) }),
  });
  check(response, { [expects]: (answer) => answer.status === status || answer.status === or });
  return response.status === status ? (response.json() as T) : undefined;
}
