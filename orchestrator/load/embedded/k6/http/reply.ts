import { callHost } from '../bridge.ts';
import { fromBase64, toBase64 } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { select } from '../json-path.ts';
import { parseJson } from './json-error.ts';
import { requestCookies } from './members.ts';
import type { Asked } from './params.ts';
import { isMember, memberNames, members, type Member, type Response } from './response.ts';
import { hasWarning, statusOf, type Warning, type WireReply } from './wire.ts';

let userAgent: string | undefined;

/** What was read of a reply so far. */
interface Known {
  /** Also what the script has written there. */
  readonly members: Partial<Record<Member, unknown>>;
  meta?: WireReply;
  json?: { readonly value: unknown };
}

/**
 * A reply, and the handler of the proxy that a script gets for it: members are read of the text when they are asked for, and most scripts ask
 * for few. To define them all would cost more than all else that the interpreter does for a request. As in k6, they can be
 * written to, and there are no others.
 */
export class Reply implements ProxyHandler<Response> {
  readonly #text: string;
  readonly #asked: Asked | undefined;
  /** One field, because most replies are never read. */
  #read: Known | undefined;

  /** `asked` is missing where there was no request. */
  constructor(text: string, asked?: Asked) {
    this.#text = text;
    this.#asked = asked;
  }

  response(): Response {
    return new Proxy({} as Response, this);
  }

  get(nothing: Response, name: string | symbol): unknown {
    return isMember(name) ? this.member(name) : Reflect.get(nothing, name);
  }

  has(nothing: Response, name: string | symbol): boolean {
    return isMember(name) || Reflect.has(nothing, name);
  }

  ownKeys(): readonly Member[] {
    return memberNames;
  }

  getOwnPropertyDescriptor(_: Response, name: string | symbol): PropertyDescriptor | undefined {
    if (!isMember(name)) return undefined;
    return { value: this.member(name), enumerable: true, writable: true, configurable: true };
  }

  set(_: Response, name: string | symbol, value: unknown): boolean {
    if (!isMember(name)) throw new TypeError(`a response has no member ${String(name)} to be written to`);
    this.#known.members[name] = value;
    if (name === 'body') delete this.#known.json;
    return true;
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }

  preventExtensions(): boolean {
    return false;
  }

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
    if (body instanceof ArrayBuffer) return callHost('html.text', toBase64(new Uint8Array(body))) as string;
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

  get #bodyAt(): number {
    return this.#text.indexOf('\n', this.#text.indexOf('\n') + 1) + 1;
  }

  get #known(): Known {
    return (this.#read ??= { members: {} });
  }
}
