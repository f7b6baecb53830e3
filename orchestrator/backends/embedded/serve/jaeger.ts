import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../../errors.ts';
import type { TelemetryStore } from '../../../telemetry/store.ts';
import { envelope, legacyId, legacyTraces } from './jaeger-legacy.ts';
import { dependencies, operations, services } from './jaeger-lists.ts';
import * as parameters from './jaeger-parameters.ts';
import { find, search, spansOf } from './jaeger-search.ts';
import { summaries } from './jaeger-summaries.ts';
import { v3Traces } from './jaeger-v3.ts';
import { Refused } from './jaeger-values.ts';

/** An answer with status 200: JSON text, whole or in pieces. */
type Answer = string | AsyncIterable<string>;
/** `part` is what stands in the path in place of `<…>`. */
type Route = (store: TelemetryStore, query: URLSearchParams, part: string) => Promise<Answer>;

const routes: Readonly<Record<string, Route>> = {
  '/api/services': async (store) => {
    const names = await services(store);
    return envelope(names.length > 0 ? names : null, { total: names.length });
  },
  '/api/operations': async (store, query) => {
    const list = await operations(store, parameters.requiredService(query), parameters.spanKindOf(query));
    return envelope(list, { total: list.length });
  },
  '/api/services/<service>/operations': async (store, _query, service) => {
    const names = [...new Set((await operations(store, service)).map(({ name }) => name))];
    return envelope(names.length > 0 ? names : null, { total: names.length });
  },
  '/api/traces': async (store, query) => {
    const ids = parameters.legacyTraceIds(query);
    if (ids.length > 0) return legacyTracesOf(store, ids, query);
    const wanted = parameters.legacySearch(query, Date.now());
    return legacyTraces(spansOf(store, await search(store, wanted)), wanted);
  },
  '/api/traces/<traceId>': async (store, query, part) => {
    const { id, raw } = parameters.legacyTraceQuery(part, query);
    const found = await find(store, id);
    if (found.length === 0) throw new Refused(404, 'trace not found');
    return legacyTraces(spansOf(store, found), { raw });
  },
  '/api/dependencies': async (store, query) => {
    const window = parameters.dependenciesWindow(query, Date.now());
    return envelope(await dependencies(store, window, query.get('service') || undefined));
  },
  '/api/v3/services': async (store) => {
    const names = await services(store);
    return JSON.stringify(names.length > 0 ? { services: names } : {});
  },
  '/api/v3/operations': async (store, query) =>
    JSON.stringify({
      operations: await operations(store, query.get('service') ?? '', parameters.spanKindOf(query)),
    }),
  '/api/v3/traces': async (store, query) => {
    const wanted = parameters.v3Search(query);
    const found = await search(store, wanted);
    if (found.length === 0) throw new Refused(404, 'No traces found');
    return v3Traces(spansOf(store, found), wanted.raw);
  },
  '/api/v3/traces/<traceId>': async (store, query, part) => {
    const { id, raw } = parameters.v3TraceQuery(part, query);
    const found = await find(store, id);
    if (found.length === 0) throw new Refused(404, 'No traces found');
    return v3Traces(spansOf(store, found), raw);
  },
  '/api/v3/trace-summaries': async (store, query) =>
    JSON.stringify(await summaries(store, await search(store, parameters.v3Search(query)))),
};

/** The paths that `jaegerApi` answers. */
export const jaegerPaths: readonly string[] = Object.keys(routes).map((path) => `GET ${path}`);

/** Some of the traces may be there and some not. */
async function legacyTracesOf(store: TelemetryStore, ids: readonly string[], query: URLSearchParams): Promise<Answer> {
  const found = [];
  const errors = [];
  for (const id of ids) {
    const trace = await find(store, id);
    if (trace.length === 0) errors.push({ msg: 'trace not found', traceID: legacyId(id) });
    found.push(...trace);
  }
  const { raw } = parameters.legacyTraceQuery(ids[0] ?? '', query);
  return legacyTraces(spansOf(store, found), { raw, errors: errors.length > 0 ? errors : null });
}

/**
 * Jaeger's query API over the embedded store, `/api/v3` and what was there before it (gone from Jaeger after 2.20, asked for by Grafana): whoever
 * asks Jaeger can ask it. Answers are those of Jaeger 2.13 with its storage in memory, except where later versions are better known by what they
 * added: names in camel case, `query.attributes`, trace summaries, and `error`, `span.kind`, `span.status`, `resource.…` among the attributes.
 *
 * What the store does not keep is missing: scopes, links, trace state, and of the time of an event the nanoseconds; lists and maps are JSON text,
 * integers beyond 2^53 decimal text, and a float without a fraction is an integer. Jaeger's own warnings, for which it moves spans in time, are
 * not given either: spans are where their clocks put them. The store stays the caller's.
 */
export function jaegerApi(store: TelemetryStore): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const pathname = pathOf(request);
    const searchParams = new URLSearchParams(request.url?.slice(pathname.length));
    answer(store, pathname, searchParams)
      .catch((error: unknown) => {
        const status = error instanceof Refused ? error.status : 500;
        response.statusCode = status;
        return failure(pathname, status, messageOf(error));
      })
      .then((text) => send(response, text))
      // The client has gone, or the store is broken in mid-answer: then it is cut, so that nobody takes a part for the whole.
      .catch(() => response.destroy());
  };
}

/** The path alone; other than with `URL` it may be nonsense. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

async function answer(store: TelemetryStore, pathname: string, query: URLSearchParams): Promise<Answer> {
  for (const [path, route] of Object.entries(routes)) {
    const part = partOf(path, pathname);
    if (part !== undefined) return route(store, query, part);
  }
  throw new Refused(404, `there is no ${pathname}; there are ${Object.keys(routes).join(', ')}`);
}

/** What stands for the `<…>` of a path, decoded; empty for a path without one, undefined for another path. */
function partOf(path: string, pathname: string): string | undefined {
  if (path === pathname) return '';
  const [before = '', after] = path.split(/<\w+>/);
  if (after === undefined || !pathname.startsWith(before) || !pathname.endsWith(after)) return undefined;
  const part = pathname.slice(before.length, pathname.length - after.length);
  return part === '' || part.includes('/') ? undefined : decodedOr(part);
}

/** As it is where it is not encoded well. */
function decodedOr(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function failure(pathname: string, status: number, message: string): string {
  if (pathname.startsWith('/api/v3/')) return JSON.stringify({ error: { httpCode: status, message } });
  return envelope(null, { errors: [{ code: status, msg: message }] });
}

async function send(response: ServerResponse, text: Answer): Promise<void> {
  response.setHeader('content-type', 'application/json');
  if (typeof text !== 'string') return pipeline(Readable.from(text), response);
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}
