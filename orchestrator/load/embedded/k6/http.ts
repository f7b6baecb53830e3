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
export function request(method: string, url: string | NamedUrl, body?: Body, params?: Params | null): Response {
  for (const name of Object.keys(params ?? {})) if (!knownParams.has(name)) refuse(`the request parameter \`${name}\``);
  const responseType = params?.responseType ?? 'text';
  if (responseType !== 'text' && responseType !== 'none') refuse(`responseType \`${responseType}\``);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(params?.headers ?? {})) headers[name] = String(value);
  const text = encode(body, headers);
  const reply = sendRequest({
    method: method.toUpperCase(),
    url: String(typeof url === 'object' ? url.url : url),
    headers,
    ...(text !== undefined && { body: text }),
    timeoutMs: params?.timeout === undefined ? defaultTimeoutMs : milliseconds(params.timeout),
    redirects: params?.redirects ?? defaultRedirects,
  });
  return new Response(reply, responseType === 'text');
}

export const get = (url: string | NamedUrl, params?: Params | null): Response => request('GET', url, null, params);
export const head = (url: string | NamedUrl, params?: Params | null): Response => request('HEAD', url, null, params);
export const post = (url: string | NamedUrl, body?: Body, params?: Params | null): Response => request('POST', url, body, params);
export const put = (url: string | NamedUrl, body?: Body, params?: Params | null): Response => request('PUT', url, body, params);
export const patch = (url: string | NamedUrl, body?: Body, params?: Params | null): Response => request('PATCH', url, body, params);
export const del = (url: string | NamedUrl, body?: Body, params?: Params | null): Response => request('DELETE', url, body, params);
export const options = (url: string | NamedUrl, body?: Body, params?: Params | null): Response => request('OPTIONS', url, body, params);

/** Tag of a template literal: the URL that the values give. Its name in statistics plays no part here. */
export function url(strings: TemplateStringsArray, ...values: unknown[]): NamedUrl {
  return { url: String.raw({ raw: strings }, ...values) };
}

/** An object is sent as a form, as in k6. */
function encode(body: Body, headers: Record<string, string>): string | undefined {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) refuse('a binary request body');
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  const pairs = Object.entries(body).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]));
  return pairs.map(([name, value]) => `${form(name)}=${form(value)}`).join('&');
}

const form = (value: unknown): string => encodeURIComponent(String(value)).replaceAll('%20', '+');
