// What a virtual user's interpreter and the engine say to each other about requests. Text, because most requests say little and most answers
// are never looked at beyond their status: JSON is only what may be needed.
import type { Tags } from '../../metrics/samples.ts';

/**
 * A request as text: method, URL, tags as JSON (`''` for none), WireParams as JSON (`''` for none), each with a newline, and then the body.
 * A URL with a newline is none, and is refused before it gets here.
 */
export function requestText(method: string, url: string, tags: string, more?: MoreOfRequest): string {
  if (!more) return `${method}\n${url}\n${tags}\n\n`;
  return `${method}\n${url}\n${tags}\n${more.params ? JSON.stringify(more.params) : ''}\n${more.body}`;
}

/** What a request has that is more than a method and a URL. */
interface MoreOfRequest {
  readonly params: WireParams | undefined;
  readonly body: string;
}

export interface ParsedRequest {
  readonly method: string;
  readonly url: string;
  /** JSON of the tags; equal for equal tags. */
  readonly tags: string;
  readonly params: WireParams;
  readonly body: string | undefined;
}

const noParams: WireParams = {};

export function parseRequest(text: string): ParsedRequest {
  const method = text.indexOf('\n');
  const url = text.indexOf('\n', method + 1);
  const tags = text.indexOf('\n', url + 1);
  const end = text.indexOf('\n', tags + 1);
  const params = end === tags + 1 ? noParams : (JSON.parse(text.slice(tags + 1, end)) as WireParams);
  return {
    method: text.slice(0, method),
    url: text.slice(method + 1, url),
    tags: text.slice(url + 1, tags),
    params,
    body: params.body === 'text' ? text.slice(end + 1) : undefined,
  };
}

export const tagsOf = (text: string): Tags => (text === '' ? {} : (JSON.parse(text) as Tags));

/** What a request has beside method, URL and tags. What is missing is the default. */
export interface WireParams {
  /** The template of `http.url`, which is the tag `name`. */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `text` where the body follows; bytes as base64; or the parts of a multipart form. */
  readonly body?: 'text' | { readonly base64: string } | { readonly parts: readonly FormPart[] };
  readonly timeoutMs?: number;
  readonly redirects?: number;
  readonly responseType?: ResponseType;
  /** null: nothing counts as failed. */
  readonly expected?: readonly StatusRange[] | null;
  readonly auth?: string;
  readonly compression?: readonly Compression[];
  readonly cookies?: Readonly<Record<string, RequestCookie>>;
  /** A jar that the script has made; otherwise the virtual user's own. */
  readonly jar?: number;
  readonly throw?: boolean;
}

export type ResponseType = 'text' | 'binary' | 'none';
export type Compression = 'gzip' | 'deflate' | 'zstd' | 'br';

/** Both ends belong to it. */
export type StatusRange = readonly [number, number];

export interface RequestCookie {
  readonly value: string;
  readonly replace: boolean;
}

export interface FormPart {
  readonly name: string;
  /** Text, or bytes as base64. */
  readonly content: string | { readonly base64: string };
  /** Of a file only. */
  readonly file?: { readonly name: string; readonly type: string };
}

/**
 * A reply as text: the status (behind an exclamation mark where there is something to warn of), WireReply as JSON, each with a newline, and then
 * the body (binary ones as base64).
 */
export function replyText(status: number, reply: WireReply, body: string): string {
  const mark = reply.problem === undefined && reply.warning === undefined ? '' : '!';
  return `${mark}${status}\n${JSON.stringify(reply)}\n${body}`;
}

export const hasWarning = (reply: string): boolean => reply.startsWith('!');

/** Of three digits at most. */
export const statusOf = (reply: string): number => Number.parseInt(reply.slice(hasWarning(reply) ? 1 : 0, 4), 10);

/** As k6's log has it: a message, and what belongs to it apart. */
export interface Warning {
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface WireReply {
  readonly url: string;
  readonly statusText: string;
  readonly proto: string;
  readonly ip: string;
  readonly port: number;
  /** Names and values in turn; those of one name follow one another. */
  readonly headers: readonly string[];
  /** Whether there is a body: after an error there is none, and for `none`. */
  readonly body: 'text' | 'base64' | 'null' | 'unsent';
  /** Milliseconds: blocked, connecting, tls_handshaking, sending, waiting, receiving. */
  readonly timings: readonly number[];
  readonly error?: string | undefined;
  readonly errorCode?: number | undefined;
  /** What k6 logs about a request that failed. */
  readonly problem?: string | undefined;
  /** A warning that k6 logs. */
  readonly warning?: Warning | undefined;
  readonly tlsVersion?: string | undefined;
  readonly tlsCipher?: string | undefined;
  /** The header `Cookie` of the first request. */
  readonly sentCookies?: string | undefined;
  /** Headers that the engine has set in the first request. */
  readonly sentHeaders?: Readonly<Record<string, string>>;
  /** The body that was sent, where only the engine knows it. */
  readonly sentBody?: string;
}

/** Of a request that was never sent. */
export const noReply: WireReply = {
  url: '',
  statusText: '',
  proto: '',
  ip: '',
  port: 0,
  headers: [],
  body: 'unsent',
  timings: [],
};
