// Module `k6/http`: https://grafana.com/docs/k6/latest/javascript-api/k6-http/
import { asText } from './as-text.ts';
import { sendRequest, startHost } from './bridge.ts';
import { GoError } from './go-error.ts';
import { ask, type Asked } from './http/params.ts';
import { onSendAgain, type Response } from './http/response.ts';
import { badRequest, responseOf, thrown, warn } from './http/responses.ts';

export { batch } from './http/batch.ts';
export { file } from './http/body.ts';
export * from './http/constants.ts';
export { expectedStatuses, setResponseCallback } from './http/expected.ts';
export { CookieJar, cookieJar } from './http/jar.ts';
export { namedUrl as url } from './http/named-url.ts';

/** One request; waits for its answer. A failed connection is an answer with status 0 and `error`. */
export function request(method: unknown, to?: unknown, body?: unknown, params?: unknown): Response {
  let asked: Asked;
  try {
    asked = ask(asText(method), to, body, params);
  } catch (error) {
    return badRequest(error);
  }
  return responseOf(sendText(asked.text), asked);
}

function sendText(text: string): string {
  try {
    return sendRequest(text);
  } catch (error) {
    throw thrown(error);
  }
}

onSendAgain(request);

/** Gives a promise of the answer: others may be on their way at the same time. */
export function asyncRequest(method: unknown, to?: unknown, body?: unknown, params?: unknown): Promise<Response> {
  let asked: Asked;
  try {
    asked = ask(asText(method), to, body, params);
  } catch (error) {
    if (error instanceof GoError && error.message.includes('init context')) throw error;
    return new Promise((resolve) => {
      resolve(badRequest(error));
    });
  }
  return startHost('http.send', asked.text).then(
    (text) => responseOf(String(text), asked),
    (error: unknown) => {
      throw thrown(error);
    },
  );
}

export function get(to?: unknown, params?: unknown, ...more: unknown[]): Response {
  if (more.length > 0) tooMany('get', more.length + 2);
  return request('GET', to, undefined, params);
}

export function head(to?: unknown, params?: unknown, ...more: unknown[]): Response {
  if (more.length > 0) tooMany('head', more.length + 2);
  return request('HEAD', to, undefined, params);
}

type Verb = (to?: unknown, body?: unknown, params?: unknown) => Response;

export const post: Verb = (to, body, params) => request('POST', to, body, params);
export const put: Verb = (to, body, params) => request('PUT', to, body, params);
export const patch: Verb = (to, body, params) => request('PATCH', to, body, params);
export const del: Verb = (to, body, params) => request('DELETE', to, body, params);
export const options: Verb = (to, body, params) => request('OPTIONS', to, body, params);

function tooMany(verb: string, count: number): void {
  warn({ message: `http.${verb} only accepts a url and a params argument (2 arguments), but ${count} were given` });
}
