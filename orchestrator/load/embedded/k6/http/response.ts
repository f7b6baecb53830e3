import { callHost, refuse } from '../bridge.ts';
import { asText } from '../as-text.ts';
import { GoError } from '../go-error.ts';
import { parsePage, type Selection } from '../html.ts';
import { formOf } from './body.ts';
import { joined, ocsp, timings } from './members.ts';
import type { Reply } from './reply.ts';
import { setCookies } from './set-cookies.ts';

/** What is sent when a form is submitted or a link is clicked; `http.ts` does it. */
export type SendAgain = (method: string, url: string, body: unknown, params: unknown) => Response;

let sendAgain: SendAgain | undefined;

/** Told by `http.ts`, which knows how requests are made. */
export function onSendAgain(send: SendAgain): void {
  sendAgain = send;
}

/** An answer, as scripts see it: https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/ */
export type Response = { [name in Member]: ReturnType<(typeof members)[name]> };

const fields = {
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
} as const;

const methods = {
  clickLink: (reply: Reply) => (args?: unknown) => clickLink(reply, args ?? {}),
  html: (reply: Reply) => (selector?: unknown) => html(reply, selector),
  /** The body as JSON, or what `selector` finds in it; throws where there is no body, or it is no JSON. */
  json: (reply: Reply) => (selector?: unknown) => (selector === undefined ? reply.json : reply.find(asText(selector))),
  submitForm: (reply: Reply) => (args?: unknown) => submitForm(reply, args ?? {}),
} as const;

/** The members that k6's response has, in its order; all of them are its own. */
export const members = { ...fields, ...methods };

export type Member = keyof typeof members;

export const memberNames = Object.keys(members) as readonly Member[];

export const isMember = (name: string | symbol): name is Member => Object.hasOwn(members, name);

export const isField = (name: string): name is keyof typeof fields => Object.hasOwn(fields, name);

function html(reply: Reply, selector: unknown): Selection {
  const document = parsePage(reply.bodyAs('HTML'), reply.url);
  return selector === undefined ? document : document.find(selector);
}

interface FormArgs {
  readonly formSelector?: unknown;
  readonly submitSelector?: unknown;
  readonly fields?: unknown;
  readonly params?: unknown;
}

/** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-submitform/ */
function submitForm(reply: Reply, args: FormArgs): Response {
  const { formSelector = 'form', submitSelector = '[type="submit"]', fields: filled, params } = args;
  const form = callHost('html.form', {
    body: reply.bodyAs('HTML'),
    url: reply.url,
    formSelector: asText(formSelector),
    submitSelector: asText(submitSelector),
  }) as { method: string; action: string; values: Record<string, unknown> } | null;
  if (!form) throw new GoError(`no form found for selector '${asText(formSelector)}' in response '${reply.url}'`);
  const values = { ...form.values, ...(filled as object) };
  if (form.method !== 'GET') return again(form.method, form.action, values, params);
  const query = formOf(Object.entries(values).map(([name, value]) => [name, asText(value)]));
  const url = callHost('html.query', { url: form.action, query }) as string;
  return again('GET', url, null, params);
}

interface LinkArgs {
  readonly selector?: unknown;
  readonly params?: unknown;
}

/** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-clicklink/ */
function clickLink(reply: Reply, { selector = 'a[href]', params }: LinkArgs): Response {
  const { url } = reply;
  const link = callHost('html.link', { body: reply.bodyAs('HTML'), url, selector: asText(selector) }) as {
    readonly url: string | null;
  } | null;
  if (!link) throw new GoError(`no element found for selector '${asText(selector)}' in response '${url}'`);
  if (link.url === null)
    throw new GoError(`no valid href attribute value found on element '${asText(selector)}' in response '${url}'`);
  return again('GET', link.url, undefined, params);
}

function again(method: string, url: string, body: unknown, params: unknown): Response {
  return sendAgain?.(method, url, body, params) ?? refuse('a request from within a response');
}
