import { callHost } from '../bridge.ts';
import { fromBase64 } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { select } from '../json-path.ts';
import { parseJson } from './json-error.ts';
import { joined, ocsp, requestCookies, timings } from './members.ts';
import type { Asked } from './params.ts';
import { setCookies } from './set-cookies.ts';
import { hasWarning, statusOf, type Warning, type WireReply } from './wire.ts';

let userAgent: string | undefined;

/** Under which an object that a Reply stands behind gives that. */
export const behind = Symbol('reply');

/** What was read of a reply so far. */
interface Kept {
  readonly members: Partial<Record<Member, unknown>>;
  /** The Response has members of its own. */
  isShown: boolean;
  meta?: WireReply;
  json?: { readonly value: unknown };
}

/**
 * Stands behind a Response, and reads of the reply's text what a script asks for, which mostly is little. The Response gets members of its own only
 * when it is asked for more than one by its name: defining them would cost as much as all else that the interpreter does for a request.
 */
export class Reply implements ProxyHandler<object> {
  readonly #text: string;
  readonly #asked: Asked | undefined;
  /** One field, because most replies are never read. */
  #kept: Kept | undefined;

  /** `asked` is missing where there was no request. */
  constructor(text: string, asked?: Asked) {
    this.#text = text;
    this.#asked = asked;
  }

  get(response: object, name: string | symbol): unknown {
    if (name === behind) return this;
    return this.#kept?.isShown || !isMember(name) ? Reflect.get(response, name) : this.member(name);
  }

  has(response: object, name: string | symbol): boolean {
    return Reflect.has(this.#shown(response), name);
  }

  ownKeys(response: object): (string | symbol)[] {
    return Reflect.ownKeys(this.#shown(response));
  }

  getOwnPropertyDescriptor(response: object, name: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#shown(response), name);
  }

  set(response: object, name: string | symbol, value: unknown): boolean {
    return Reflect.set(this.#shown(response), name, value);
  }

  defineProperty(response: object, name: string | symbol, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#shown(response), name, descriptor);
  }

  deleteProperty(response: object, name: string | symbol): boolean {
    return Reflect.deleteProperty(this.#shown(response), name);
  }

  preventExtensions(response: object): boolean {
    return Reflect.preventExtensions(this.#shown(response));
  }

  /** As the reply has it, whatever a script has written to the Response. */
  member(name: Member): unknown {
    const known = this.#known.members;
    if (!Object.hasOwn(known, name)) known[name] = members[name](this);
    return known[name];
  }

  /** A warning that k6 logs about the request. */
  get warning(): Warning | undefined {
    if (!hasWarning(this.#text)) return undefined;
    const { problem, warning } = this.meta;
    return problem === undefined ? warning : { message: 'Request Failed', fields: { error: problem } };
  }

  get status(): number {
    return statusOf(this.#text);
  }

  get meta(): WireReply {
    const known = this.#known;
    known.meta ??= JSON.parse(this.#text.slice(this.#text.indexOf('\n') + 1, this.#bodyAt - 1)) as WireReply;
    return known.meta;
  }

  get body(): unknown {
    const { body } = this.meta;
    if (body === 'null') return null;
    if (body === 'unsent') return [];
    const text = this.#text.slice(this.#bodyAt);
    return body === 'text' ? text : fromBase64(text).buffer;
  }

  get request(): unknown {
    const asked = this.#asked;
    if (!asked) return null;
    const { sentCookies = '', sentHeaders = {}, sentBody } = this.meta;
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

  /** The body as text; throws where there is none. */
  bodyAs(wanted: 'JSON' | 'HTML'): string {
    const body = this.member('body');
    if (typeof body === 'string') return body;
    if (body instanceof ArrayBuffer) return callHost('html.text', this.#text.slice(this.#bodyAt)) as string;
    if (body !== null) return '';
    throw new GoError(
      `the body is null so we can't transform it to ${wanted} - this likely was because of a request error getting the response`,
    );
  }

  /** The body as JSON, always the same value; throws where it is none. */
  get json(): unknown {
    const known = this.#known;
    known.json ??= { value: parseJson(this.bodyAs('JSON')) };
    return known.json.value;
  }

  /** What `selector` finds in the body; as in k6 nothing in what is no JSON. */
  find(selector: string): unknown {
    const body = this.bodyAs('JSON');
    const known = this.#known;
    try {
      known.json ??= { value: JSON.parse(body) as unknown };
    } catch {
      return undefined;
    }
    return select(known.json.value, selector);
  }

  /** With members of its own, in k6's order; from here on they are the script's. */
  #shown(response: object): object {
    if (this.#known.isShown) return response;
    this.#known.isShown = true;
    for (const name of memberNames) Reflect.set(response, name, this.member(name));
    return response;
  }

  get #bodyAt(): number {
    return this.#text.indexOf('\n', this.#text.indexOf('\n') + 1) + 1;
  }

  get #known(): Kept {
    return (this.#kept ??= { members: {}, isShown: false });
  }
}

const members = {
  remote_ip: ({ meta }: Reply) => meta.ip,
  remote_port: ({ meta }: Reply) => meta.port,
  url: ({ meta }: Reply) => meta.url,
  status: ({ status }: Reply) => status,
  status_text: ({ meta }: Reply) => meta.statusText,
  proto: ({ meta }: Reply) => meta.proto,
  headers: ({ meta }: Reply) => joined(meta.headers),
  cookies: ({ meta }: Reply) =>
    setCookies(meta.headers.filter((_, at) => at % 2 === 1 && meta.headers[at - 1] === 'Set-Cookie')),
  body: ({ body }: Reply) => body,
  timings: ({ meta }: Reply) => timings(meta.timings),
  tls_version: ({ meta }: Reply) => meta.tlsVersion ?? '',
  tls_cipher_suite: ({ meta }: Reply) => meta.tlsCipher ?? '',
  ocsp: ({ meta }: Reply) => ocsp(meta),
  error: ({ meta }: Reply) => meta.error ?? '',
  error_code: ({ meta }: Reply) => meta.errorCode ?? 0,
  request: ({ request }: Reply) => request,
};

type Member = keyof typeof members;

const memberNames = Object.keys(members) as readonly Member[];

const isMember = (name: string | symbol): name is Member => Object.hasOwn(members, name);
