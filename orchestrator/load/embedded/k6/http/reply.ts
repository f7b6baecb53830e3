import { asText } from '../as-text.ts';
import { callHost } from '../bridge.ts';
import { bytesOf, fromBase64, toBase64 } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { select } from '../json-path.ts';
import { parseJson } from './json-error.ts';
import { requestCookies } from './members.ts';
import type { Asked } from './params.ts';
import { isField, isMember, memberNames, members, type Member, type Response } from './response.ts';
import { hasWarning, statusOf, type Warning, type WireReply } from './wire.ts';

let userAgent: string | undefined;

/** What was read of a reply so far. */
interface Known {
  /** Also what the script has written there. */
  readonly members: Partial<Record<Member, unknown>>;
  meta?: WireReply;
  /** What `json()` gives, always the same: k6 does not forget it when the body is written to. */
  json?: unknown;
  /** What selectors look into; never given away. */
  parsed?: { readonly value: unknown };
}

/**
 * A reply, and the handler of the proxy that a script gets for it: a member is read of the text when it is asked for, and most scripts ask for
 * few. To define all would cost more than all else that the interpreter does for a request. As in k6, fields can be written to, and there are no
 * other members; only, their descriptors say `configurable`, as those of a proxy for an empty object must.
 */
export class Reply implements ProxyHandler<Response> {
  readonly #text: string;
  readonly #asked: Asked | undefined;
  /** In one place, because many replies are never asked for more than their status. */
  #read: Known | undefined;

  /** `asked` is missing where there was no request. */
  constructor(text: string, asked?: Asked) {
    this.#text = text;
    this.#asked = asked;
  }

  response(): Response {
    return new Proxy({} as Response, this);
  }

  get(own: Response, name: string | symbol, receiver: unknown): unknown {
    // What nearly every script asks for, and many for nothing else.
    if (name === 'status' && !this.#read) return this.status;
    return isMember(name) ? this.member(name) : Reflect.get(own, name, receiver);
  }

  has(own: Response, name: string | symbol): boolean {
    return isMember(name) || Reflect.has(own, name);
  }

  /** Symbols are kept as on any object. */
  ownKeys(own: Response): (string | symbol)[] {
    return [...memberNames, ...Reflect.ownKeys(own)];
  }

  getOwnPropertyDescriptor(own: Response, name: string | symbol): PropertyDescriptor | undefined {
    if (!isMember(name)) return Reflect.getOwnPropertyDescriptor(own, name);
    return { value: this.member(name), enumerable: true, writable: isField(name), configurable: true };
  }

  set(own: Response, name: string | symbol, value: unknown, receiver: object): boolean {
    // An object that inherits from the response gets a property of its own.
    if (Object.getPrototypeOf(receiver) !== Object.getPrototypeOf(own))
      return Reflect.defineProperty(receiver, name, { value, enumerable: true, writable: true, configurable: true });
    if (typeof name === 'symbol') return Reflect.set(own, name, value);
    this.#write(name, value);
    return true;
  }

  defineProperty(own: Response, name: string | symbol, descriptor: PropertyDescriptor): boolean {
    if (typeof name === 'symbol') return Reflect.defineProperty(own, name, descriptor);
    const { get, set, writable = true, configurable = false } = descriptor;
    if (get || set || !writable || configurable)
      throw new TypeError(`the member ${name} of a response cannot be defined anew`);
    this.#write(name, descriptor.value);
    return true;
  }

  deleteProperty(own: Response, name: string | symbol): boolean {
    if (isMember(name)) throw new TypeError(`the member ${name} of a response cannot be deleted`);
    return Reflect.deleteProperty(own, name);
  }

  preventExtensions(): boolean {
    return false;
  }

  /** A method is made each time, as in k6: one that was kept would refer to what it is kept in, and only a search for cycles would free both. */
  member(name: Member): unknown {
    if (!isField(name)) return members[name](this);
    const known = this.#known.members;
    if (!Object.hasOwn(known, name)) known[name] = members[name](this);
    return known[name];
  }

  #write(name: string, value: unknown): void {
    if (!isField(name)) throw new TypeError(`a response has no field ${name} that can be written to`);
    this.#known.members[name] = name === 'body' ? (value ?? null) : converted(value, this.member(name));
    if (name === 'body') delete this.#known.parsed;
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

  /** As it is now: links and forms are relative to it. */
  get url(): string {
    return String(this.member('url'));
  }

  /** The body as text; throws where there is none. */
  bodyAs(wanted: 'JSON' | 'HTML'): string {
    const body = this.member('body');
    if (typeof body === 'string') return body;
    if (body === null)
      throw new GoError(
        `the body is null so we can't transform it to ${wanted} - this likely was because of a request error getting the response`,
      );
    // Of a request that was never sent.
    if (Array.isArray(body) && body.length === 0) return '';
    return callHost('html.text', toBase64(bytesOf(body))) as string;
  }

  /** The body as JSON; throws where it is none. */
  get json(): unknown {
    const body = this.bodyAs('JSON');
    return (this.#known.json ??= parseJson(body));
  }

  /** What `selector` finds in the body; as in k6 nothing in what is no JSON. */
  find(selector: string): unknown {
    const known = this.#known;
    if (!known.parsed) {
      const body = this.bodyAs('JSON');
      try {
        known.parsed = { value: JSON.parse(body) as unknown };
      } catch {
        return undefined;
      }
    }
    const found = select(known.parsed.value, selector);
    return typeof found === 'object' && found !== null ? (JSON.parse(JSON.stringify(found)) as unknown) : found;
  }

  get #bodyAt(): number {
    return this.#text.indexOf('\n', this.#text.indexOf('\n') + 1) + 1;
  }

  get #known(): Known {
    return (this.#read ??= { members: {} });
  }
}

/** Numbers and texts as fields of Go's take them, by what is there; objects stay as they are, which is less strict than k6. */
function converted(value: unknown, known: unknown): unknown {
  if (typeof known === 'number') return Number.isFinite(Number(value)) ? Math.trunc(Number(value)) : 0;
  if (typeof known === 'string') return asText(value ?? undefined);
  return value;
}
