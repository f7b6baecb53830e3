import { callHost, current } from '../bridge.ts';
import { goType } from '../bytes.ts';
import { GoError } from '../go-error.ts';
import { goValue } from './go-values.ts';
import { NamedUrl } from './named-url.ts';
import { ask, BadRequest, type Asked } from './params.ts';
import { failed, responseOf, throws, warn } from './responses.ts';
import type { Response } from './response.ts';

/** https://grafana.com/docs/k6/latest/javascript-api/k6-http/batch/ */
export function batch(...args: readonly unknown[]): unknown {
  if (current.exec === '') throw new GoError('Using batch in the init context is not supported');
  if (args.length === 0) throw new GoError('no argument was provided to http.batch()');
  if (args.length > 1) throw new GoError('http.batch() accepts only an array or an object of requests');
  const [requests] = args;
  if (Array.isArray(requests))
    return sendAll(requests.map((one, at) => [at, one] as const)).map(([, response]) => response);
  if (typeof requests !== 'object' || requests === null)
    throw new GoError(
      `invalid http.batch() argument type ${typeof requests === 'string' ? 'string' : goType(requests)}`,
    );
  return Object.fromEntries(sendAll(Object.entries(requests)));
}

type Entry = readonly [name: string | number, request: unknown];
type Answer = readonly [name: string | number, response: Response | null];

/** What cannot be asked ends the batch before it begins, as in k6. */
function sendAll(entries: readonly Entry[]): Answer[] {
  const asked: Asked[] = [];
  for (const [name, request] of entries) {
    try {
      asked.push(read(name, request));
    } catch (error) {
      if (!(error instanceof GoError) || throws()) throw error;
      warn({ message: 'A batch request failed', fields: { error: error.message } });
      return entries.map(([key], at) => [
        key,
        at > asked.length ? null : failed(at < asked.length ? undefined : error),
      ]);
    }
  }
  const replies = callHost(
    'http.batch',
    asked.map(({ text }) => text),
  ) as readonly string[];
  return entries.map(([name], at) => [name, responseOf(replies[at] ?? '', asked[at])]);
}

function read(name: string | number, request: unknown): Asked {
  if (Array.isArray(request)) {
    if (request.length < 2) throw new BadRequest(`invalid batch request '${goValue(request)}'`);
    const [method, url, body, params] = request as readonly unknown[];
    if (typeof method !== 'string') throw new BadRequest(`invalid method type '${goValue(method)}'`);
    return ask(method, url, body, params);
  }
  if (typeof request !== 'object' || request === null || request instanceof NamedUrl)
    return ask('GET', request, undefined, undefined);
  return readObject(name, request);
}

interface BatchRequest {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly body?: unknown;
  readonly params?: unknown;
}

function readObject(name: string | number, request: BatchRequest): Asked {
  if (!('url' in request)) throw new BadRequest(`batch request ${name} doesn't have a url key`);
  const { method = 'GET', url, body, params } = request;
  if (typeof method !== 'string') throw new BadRequest(`invalid method type '${goValue(method)}'`);
  const verb = method.toUpperCase();
  const bare = 'method' in request && (verb === 'GET' || verb === 'HEAD');
  return ask(verb, url, bare ? undefined : body, params);
}
