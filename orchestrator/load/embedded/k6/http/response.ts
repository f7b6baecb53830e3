import { callHost, refuse } from '../bridge.ts';
import { asText } from '../as-text.ts';
import { GoError } from '../go-error.ts';
import { parsePage, type Selection } from '../html.ts';
import { formOf } from './body.ts';
import { behind, type Reply } from './reply.ts';

/** What is sent when a form is submitted or a link is clicked; `http.ts` does it. */
export type SendAgain = (method: string, url: string, body: unknown, params: unknown) => Response;

let sendAgain: SendAgain | undefined;

/** Told by `http.ts`, which knows how requests are made. */
export function onSendAgain(send: SendAgain): void {
  sendAgain = send;
}

/** An answer, as scripts see it: https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/. The Reply behind it has its members. */
export class Response {
  declare readonly [behind]: Reply;

  static of(reply: Reply): Response {
    return new Proxy<Response>(new Response(), reply);
  }

  /** The body as JSON, or what `selector` finds in it; throws where there is no body, or it is no JSON. */
  json(selector?: unknown): unknown {
    const reply = this[behind];
    return selector === undefined ? reply.json : reply.find(asText(selector));
  }

  html(selector?: unknown): Selection {
    const reply = this[behind];
    const document = parsePage(reply.bodyAs('HTML'), reply.meta.url);
    return selector === undefined ? document : document.find(selector);
  }

  /** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-submitform/ */
  submitForm(args?: unknown): Response {
    const reply = this[behind];
    const { formSelector = 'form', submitSelector = '[type="submit"]', fields, params } = (args ?? {}) as FormArgs;
    const form = callHost('html.form', {
      body: reply.bodyAs('HTML'),
      url: reply.meta.url,
      formSelector: asText(formSelector),
      submitSelector: asText(submitSelector),
    }) as { method: string; action: string; values: Record<string, unknown> } | null;
    if (!form)
      throw new GoError(`no form found for selector '${asText(formSelector)}' in response '${reply.meta.url}'`);
    const values = { ...form.values, ...(fields as object) };
    if (form.method !== 'GET') return again(form.method, form.action, values, params);
    const query = formOf(Object.entries(values).map(([name, value]) => [name, asText(value)]));
    const url = callHost('html.query', { url: form.action, query }) as string;
    return again('GET', url, null, params);
  }

  /** https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/response-clicklink/ */
  clickLink(args?: unknown): Response {
    const reply = this[behind];
    const { selector = 'a[href]', params } = (args ?? {}) as { readonly selector?: unknown; readonly params?: unknown };
    const { url } = reply.meta;
    const link = callHost('html.link', { body: reply.bodyAs('HTML'), url, selector: asText(selector) }) as {
      readonly url: string | null;
    } | null;
    if (!link) throw new GoError(`no element found for selector '${asText(selector)}' in response '${url}'`);
    if (link.url === null)
      throw new GoError(`no valid href attribute value found on element '${asText(selector)}' in response '${url}'`);
    return again('GET', link.url, undefined, params);
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
