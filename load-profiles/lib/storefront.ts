import { check } from 'k6';
import http from 'k6/http';
import { traceparent } from './trace-context.ts';

/** One call of the storefront's API. `name` stands for all its URLs, so that statistics are per endpoint. */
interface Call {
  readonly method: 'GET' | 'POST';
  readonly name: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** What the visitor expects to happen; the name of the check. */
  readonly expects: string;
}

const baseUrl = __ENV.BASE_URL ?? 'http://127.0.0.1:8080';

/** Calls the storefront in a trace of its own; the answer's body, or undefined where the visitor gives up. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the shape of the answer, as docs/architecture.md gives it
export function call<T>({ method, name, path, body, status, expects }: Call): T | undefined {
  const response = http.request(method, `${baseUrl}${path}`, body === undefined ? null : JSON.stringify(body), {
    headers: { traceparent: traceparent(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    tags: { name: `${method} ${name}` },
    timeout: '15s',
  });
  const passed = check(response, { [expects]: (answer) => answer.status === status });
  return passed ? (response.json() as T) : undefined;
}
