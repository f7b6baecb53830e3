// Module `k6/http`: https://grafana.com/docs/k6/latest/javascript-api/k6-http/
import type { HttpReply } from '../protocol.ts';
import { refuse, sendRequest } from './bridge.ts';
import { milliseconds } from './durations.ts';
import { select } from './json-path.ts';

interface Params {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly timeout?: string | number;
  readonly redirects?: number;
  readonly responseType?: string;
}

type Body = string | Readonly<Record<string, unknown>> | null | undefined;
interface NamedUrl {
  readonly url: string;
}

const knownParams = new Set(['headers', 'tags', 'timeout', 'redirects', 'responseType']);
const defaultTimeoutMs = 60_000;
const defaultRedirects = 10;

/** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/ */
export class Response {
  readonly status: number;
  readonly status_text: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly error: string;
  readonly error_code: number;
  readonly timings: HttpReply['timings'];
  #json: unknown;

  constructor(reply: HttpReply, keepBody: boolean) {
    this.status = reply.status;
    this.status_text = reply.statusText;
    this.url = reply.url;
    this.headers = reply.headers;
    this.body = keepBody ? reply.body : null;
    this.error = reply.error;
    this.error_code = reply.errorCode;
    this.timings = reply.timings;
  }

  /** The body as JSON, or what `selector` (a path like `items.0.id`) finds in it; throws where the body is no JSON. */
  json(selector?: string): unknown {
    if (this.body === null) throw new Error('the body is null so we cannot transform it to JSON');
    this.#json ??= JSON.parse(this.body);
    return selector === undefined ? this.#json : select(this.#json, selector);
  }

  html(): never {
    return refuse('Response.html()');
  }

  submitForm(): never {
    return refuse('Response.submitForm()');
  }

  clickLink(): never {
    return refuse('Response.clickLink()');
  }
}

/** One request; waits for its answer. A failed connection is an answer with status 0 and `error`. */
export function request(method: string, to: string | NamedUrl, body?: Body, params?: Params | null): Response {
  const {
    headers = {},
    timeout = defaultTimeoutMs,
    redirects = defaultRedirects,
    responseType = 'text',
  } = known(params ?? {});
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const text = encode(body, sent);
  const reply = sendRequest({
    method: method.toUpperCase(),
    url: typeof to === 'object' ? to.url : to,
    headers: sent,
    ...(text !== undefined && { body: text }),
    timeoutMs: milliseconds(timeout),
    redirects,
  });
  return new Response(reply, responseType === 'text');
}

/** The parameters, if this engine has them all. */
function known(params: Params): Params {
  const unknown = Object.keys(params).find((name) => !knownParams.has(name));
  if (unknown !== undefined) refuse(`the request parameter \`${unknown}\``);
  const { responseType = 'text' } = params;
  if (responseType !== 'text' && responseType !== 'none') refuse(`responseType \`${responseType}\``);
  return params;
}

export const get = (to: string | NamedUrl, params?: Params | null): Response => request('GET', to, null, params);
export const head = (to: string | NamedUrl, params?: Params | null): Response => request('HEAD', to, null, params);
export const post = (to: string | NamedUrl, body?: Body, params?: Params | null): Response =>
  request('POST', to, body, params);
export const put = (to: string | NamedUrl, body?: Body, params?: Params | null): Response =>
  request('PUT', to, body, params);
export const patch = (to: string | NamedUrl, body?: Body, params?: Params | null): Response =>
  request('PATCH', to, body, params);
export const del = (to: string | NamedUrl, body?: Body, params?: Params | null): Response =>
  request('DELETE', to, body, params);
export const options = (to: string | NamedUrl, body?: Body, params?: Params | null): Response =>
  request('OPTIONS', to, body, params);

/** Tag of a template literal: the URL that the values give. Its name in statistics plays no part here. */
function urlOf(strings: TemplateStringsArray, ...values: unknown[]): NamedUrl {
  return { url: String.raw({ raw: strings }, ...values) };
}

export { urlOf as url };

/** An object is sent as a form, as in k6. */
function encode(body: Body, headers: Record<string, string>): string | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) refuse('a binary request body');
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, one]),
  );
  return pairs.map(([name, value]) => `${form(name)}=${form(value)}`).join('&');
}

const form = (value: unknown): string => encodeURIComponent(String(value)).replaceAll('%20', '+');
