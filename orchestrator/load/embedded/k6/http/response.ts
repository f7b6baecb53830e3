import { callHost, refuse } from '../bridge.ts';
import { asText } from '../as-text.ts';
import { fromBase64 } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { parsePage, type Selection } from '../html.ts';
import { select } from '../json-path.ts';
import { parseJson } from './json-error.ts';
import { formOf } from './body.ts';
import type { Asked } from './params.ts';
import { joined, ocsp, requestCookies, timings } from './members.ts';
import { setCookies } from './set-cookies.ts';
import type { Warning, WireReply } from './wire.ts';

/** What is sent when a form is submitted or a link is clicked; `http.ts` does it. */
export type SendAgain = (method: string, url: string, body: unknown, params: unknown) => Response;

let userAgent: string | undefined;
let sendAgain: SendAgain | undefined;

/** Told by `http.ts`, which knows how requests are made. */
export function onSendAgain(send: SendAgain): void {
  sendAgain = send;
}

/**
 * An answer: https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/
 * Its members are read from the reply's text when a script asks for them, and most scripts ask for few.
 */
export class Response {
  readonly #text: string;
  readonly #asked: Asked | undefined;
  readonly #metaAt: number;
  #meta: WireReply | undefined;
  #body: unknown;
  #json: { readonly value: unknown } | undefined;

  /** `asked` is missing where there was no request. */
  constructor(text: string, asked?: Asked) {
    this.#text = text;
    this.#asked = asked;
    this.#metaAt = text.indexOf('\n') + 1;
    Object.defineProperties(this, descriptors);
  }

  /** A warning that k6 logs about the request. */
  static warningOf(response: Response): Warning | undefined {
    if (response.#text.charAt(response.#metaAt - 2) !== '!') return undefined;
    const { problem, warning } = response.#reply;
    return problem === undefined ? warning : { message: 'Request Failed', fields: { error: problem } };
  }

  /** The members that k6's response has, in its order. */
  static read(response: Response, member: Member): unknown {
    // The member that nearly every script asks for needs no JSON.
    return member === 'status' ? Response.statusOf(response) : members[member](response.#reply, response);
  }

  static statusOf(response: Response): number {
    return Number.parseInt(response.#text, 10);
  }

  static bodyOf(response: Response): unknown {
    response.#body ??= response.#readBody();
    return response.#body;
  }

  static requestOf(response: Response): unknown {
    const asked = response.#asked;
    if (!asked) return null;
    const { sentCookies = '', sentHeaders = {}, sentBody } = response.#reply;
    userAgent ??= (callHost('http.settings') as { readonly userAgent: string }).userAgent;
    const headers = { 'User-Agent': userAgent, ...asked.headers, ...sentHeaders };
    const shown = Object.entries(headers).map(([name, value]) => [name, [value]]);
    return {
      method: asked.method,
      url: asked.url,
      headers: { ...Object.fromEntries(shown), ...(sentCookies !== '' && { Cookie: [sentCookies] }) },
      body: sentBody ?? asked.body,
      cookies: requestCookies(sentCookies),
    };
  }

  /** The body as JSON, or what `selector` finds in it; throws where the body is none. */
  json(selector?: unknown): unknown {
    const body = this.#known('JSON');
    if (selector !== undefined) return this.#select(body, asText(selector));
    this.#json ??= { value: parseJson(body) };
    return this.#json.value;
  }

  html(selector?: unknown): Selection {
    const document = parsePage(this.#known('HTML'), this.#reply.url);
    return selector === undefined ? document : document.find(selector);
  }

  /** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-submitform/ */
  submitForm(args?: unknown): Response {
    const { formSelector = 'form', submitSelector = '[type="submit"]', fields, params } = (args ?? {}) as FormArgs;
    const form = callHost('html.form', {
      body: this.#known('HTML'),
      url: this.#reply.url,
      formSelector: asText(formSelector),
      submitSelector: asText(submitSelector),
    }) as { method: string; action: string; values: Record<string, unknown> } | null;
    if (!form)
      throw new GoError(`no form found for selector '${asText(formSelector)}' in response '${this.#reply.url}'`);
    const values = { ...form.values, ...(fields as object) };
    if (form.method !== 'GET') return again(form.method, form.action, values, params);
    const query = formOf(Object.entries(values).map(([name, value]) => [name, asText(value)]));
    const url = callHost('html.query', { url: form.action, query }) as string;
    return again('GET', url, null, params);
  }

  /** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-clicklink/ */
  clickLink(args?: unknown): Response {
    const { selector = 'a[href]', params } = (args ?? {}) as { readonly selector?: unknown; readonly params?: unknown };
    const url = this.#reply.url;
    const link = callHost('html.link', { body: this.#known('HTML'), url, selector: asText(selector) }) as {
      readonly url: string | null;
    } | null;
    if (!link) throw new GoError(`no element found for selector '${asText(selector)}' in response '${url}'`);
    if (link.url === null)
      throw new GoError(`no valid href attribute value found on element '${asText(selector)}' in response '${url}'`);
    return again('GET', link.url, undefined, params);
  }

  get #reply(): WireReply {
    this.#meta ??= JSON.parse(this.#text.slice(this.#metaAt, this.#bodyAt - 1)) as WireReply;
    return this.#meta;
  }

  get #bodyAt(): number {
    return this.#text.indexOf('\n', this.#metaAt) + 1;
  }

  #readBody(): unknown {
    const { body } = this.#reply;
    if (body === 'null') return null;
    if (body === 'unsent') return [];
    const text = this.#text.slice(this.#bodyAt);
    return body === 'text' ? text : fromBase64(text).buffer;
  }

  #known(wanted: 'JSON' | 'HTML'): string {
    const body = Response.bodyOf(this);
    if (typeof body === 'string') return body;
    if (body instanceof ArrayBuffer) return callHost('html.text', this.#text.slice(this.#bodyAt)) as string;
    if (body !== null) return '';
    throw new GoError(
      `the body is null so we can't transform it to ${wanted} - this likely was because of a request error getting the response`,
    );
  }

  #select(body: string, selector: string): unknown {
    try {
      this.#json ??= { value: JSON.parse(body) as unknown };
    } catch {
      // As in k6: nothing is found in what is no JSON.
      return undefined;
    }
    return select(this.#json.value, selector);
  }
}

interface FormArgs {
  readonly formSelector?: unknown;
  readonly submitSelector?: unknown;
  readonly fields?: unknown;
  readonly params?: unknown;
}

function again(method: string, url: string, body: unknown, params: unknown): Response {
  return sendAgain?.(method, url, body, params) ?? refuse('a request from within a response');
}

const members = {
  remote_ip: (reply: WireReply) => reply.ip,
  remote_port: (reply: WireReply) => reply.port,
  url: (reply: WireReply) => reply.url,
  status: (_: WireReply, response: Response) => Response.statusOf(response),
  status_text: (reply: WireReply) => reply.statusText,
  proto: (reply: WireReply) => reply.proto,
  headers: (reply: WireReply) => joined(reply.headers),
  cookies: (reply: WireReply) =>
    setCookies(reply.headers.filter((_, at) => at % 2 === 1 && reply.headers[at - 1] === 'Set-Cookie')),
  body: (_: WireReply, response: Response) => Response.bodyOf(response),
  timings: (reply: WireReply) => timings(reply.timings),
  tls_version: (reply: WireReply) => reply.tlsVersion ?? '',
  tls_cipher_suite: (reply: WireReply) => reply.tlsCipher ?? '',
  ocsp: (reply: WireReply) => ocsp(reply),
  error: (reply: WireReply) => reply.error ?? '',
  error_code: (reply: WireReply) => reply.errorCode ?? 0,
  request: (_: WireReply, response: Response) => Response.requestOf(response),
};

type Member = keyof typeof members;

const memberNames = Object.keys(members) as readonly Member[];

/** Of every response its own, because scripts list them; each is read when it is asked for. */
const descriptors: PropertyDescriptorMap = Object.fromEntries(
  memberNames.map((name) => {
    const keep = (response: Response, value: unknown): void => {
      Object.defineProperty(response, name, { value, enumerable: true, configurable: true, writable: true });
    };
    const descriptor: PropertyDescriptor & ThisType<Response> = {
      enumerable: true,
      configurable: true,
      get() {
        const value = Response.read(this, name);
        keep(this, value);
        return value;
      },
      set(value: unknown) {
        keep(this, value);
      },
    };
    return [name, descriptor];
  }),
);
