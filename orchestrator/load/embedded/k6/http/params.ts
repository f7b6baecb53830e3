import { current, currentTags } from '../bridge.ts';
import { goType } from '../bytes.ts';
import { milliseconds } from '../durations.ts';
import { GoError } from '../go-error.ts';
import { tagsWith } from '../tag-values.ts';
import { bodyOf } from './body.ts';
import { defaultExpected, ExpectedStatuses } from './expected.ts';
import { asText } from '../as-text.ts';
import { goValue } from './go-values.ts';
import { canonicalName } from './header-name.ts';
import { CookieJar } from './jar.ts';
import { NamedUrl } from './named-url.ts';
import { requestText, type Compression, type RequestCookie, type ResponseType, type WireParams } from './wire.ts';

/** A request that goes to the engine, and what `Response.request` shows of it. */
export interface Asked {
  readonly text: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What k6 says of a request that it cannot make; `code` as in `Response.error_code`. */
export class BadRequest extends GoError {
  readonly code: number;

  constructor(message: string, code = 0) {
    super(message);
    this.code = code;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Params = Mutable<WireParams>;

const none: Readonly<Record<string, never>> = {};

/** Reads what a script says of a request. Throws a BadRequest. */
export function ask(method: string, to: unknown, body: unknown, params: unknown): Asked {
  if (current.exec === '') throw new GoError('Making http requests in the init context is not supported');
  const url = urlOf(to);
  if (typeof to === 'string' && isMissing(body) && isMissing(params) && defaultExpected() === undefined)
    return { text: requestText(method, url, tagsText()), method, url, headers: none, body: '' };
  const read = readRequest(to, body, params);
  const wire = Object.keys(read.wire).length > 0 ? read.wire : undefined;
  return {
    text: requestText(method, url, read.tags, { params: wire, body: read.body }),
    method,
    url,
    headers: read.headers,
    body: read.body,
  };
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

function readRequest(to: unknown, body: unknown, params: unknown): Reading {
  const read: Reading = { wire: {}, headers: {}, tags: tagsText(), body: '' };
  if (to instanceof NamedUrl && to.name !== to.url) read.wire.name = to.name;
  const expected = defaultExpected();
  if (expected !== undefined) read.wire.expected = expected;
  readBody(read, body);
  // By name: the interpreter is slow at taking pairs apart.
  const given = (params ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) readers[name]?.(read, given[name]);
  if (Object.keys(read.headers).length > 0) read.wire.headers = read.headers;
  return read;
}

interface Reading {
  readonly wire: Params;
  readonly headers: Record<string, string>;
  tags: string;
  body: string;
}

let lastTags: object | undefined;
let lastTagsText = '';

/** The current tags as JSON, which is made anew only when they change. */
function tagsText(): string {
  const tags = currentTags();
  if (tags !== lastTags) {
    lastTags = tags;
    lastTagsText = JSON.stringify(tags);
  }
  return lastTagsText;
}

function urlOf(to: unknown): string {
  if (to instanceof NamedUrl) return to.url;
  if (typeof to !== 'string') throw new BadRequest(`invalid URL: '#${goValue(to)}'`, 1020);
  if (to.includes('\n'))
    throw new BadRequest(`invalid URL: parse ${JSON.stringify(to)}: net/url: invalid control character in URL`, 1020);
  return to;
}

function readBody(read: Reading, body: unknown): void {
  const sent = bad(() => bodyOf(body));
  if (!sent) return;
  Object.assign(read.wire, sent.params);
  read.body = sent.text;
  if (sent.contentType !== undefined) setHeader(read, 'Content-Type', sent.contentType);
}

function setHeader({ headers }: Reading, name: string, value: string): void {
  headers[canonicalName(name)] = value;
}

const readers: Readonly<Record<string, (read: Reading, value: unknown) => void>> = {
  cookies: (read, value) => {
    const cookies = Object.entries(value ?? {}).filter(([, one]) => one !== null && one !== undefined);
    if (cookies.length > 0) read.wire.cookies = Object.fromEntries(cookies.map(([name, one]) => [name, cookieOf(one)]));
  },
  headers: (read, value) => {
    const headers = (value ?? {}) as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(headers)) setHeader(read, name, asText(headers[name]));
  },
  jar: ({ wire }, value) => {
    if (!(value instanceof CookieJar)) return;
    const id = CookieJar.idOf(value);
    if (id === undefined) delete wire.jar;
    else wire.jar = id;
  },
  compression: ({ wire }, value) => {
    const names = asText(value).trim();
    if (names !== '') wire.compression = names.split(',').map((name) => compressionOf(name.trim()));
  },
  redirects: ({ wire }, value) => {
    wire.redirects = Math.trunc(Number(value)) || 0;
  },
  tags: (read, value) => {
    const tags = bad(() => tagsWith(value), 'invalid HTTP request metric tags: ');
    if (tags !== currentTags()) read.tags = JSON.stringify(tags);
  },
  auth: ({ wire }, value) => {
    wire.auth = asText(value);
  },
  timeout: ({ wire }, value) => {
    wire.timeoutMs = timeoutOf(value);
  },
  throw: ({ wire }, value) => {
    wire.throw = Boolean(value);
  },
  responseType: ({ wire }, value) => {
    if (!responseTypes.has(asText(value)))
      throw new BadRequest(`${asText(value)} does not belong to ResponseType values`);
    wire.responseType = value as ResponseType;
  },
  responseCallback: ({ wire }, value) => {
    if (value === null || value === undefined) wire.expected = null;
    else if (value instanceof ExpectedStatuses) wire.expected = ExpectedStatuses.rangesOf(value);
    else throw new BadRequest('unsupported responseCallback');
  },
};

const responseTypes: ReadonlySet<string> = new Set<ResponseType>(['text', 'binary', 'none']);
const compressions = ['gzip', 'deflate', 'zstd', 'br'];

function compressionOf(name: string): Compression {
  if (compressions.includes(name)) return name as Compression;
  throw new BadRequest(`unknown compression algorithm ${name}, supported algorithms are [${compressions.join(' ')}]`);
}

function cookieOf(value: unknown): RequestCookie {
  if (typeof value !== 'object' || Array.isArray(value)) return { value: asText(value), replace: false };
  const cookie = { value: '', replace: false };
  for (const [name, one] of Object.entries(value as object)) {
    if (name.toLowerCase() === 'value') cookie.value = asText(one);
    if (name.toLowerCase() === 'replace') cookie.replace = Boolean(one);
  }
  return cookie;
}

function timeoutOf(value: unknown): number {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new BadRequest(`invalid timeout value: unable to use type ${goType(value)} as a duration value`);
  try {
    return milliseconds(value);
  } catch {
    throw new BadRequest(`invalid timeout value: time: invalid duration ${JSON.stringify(value)}`);
  }
}

/** What a part of a request is wrong with is the request's error. */
function bad<T>(read: () => T, prefix = ''): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoError) throw new BadRequest(prefix + error.message);
    throw error;
  }
}
