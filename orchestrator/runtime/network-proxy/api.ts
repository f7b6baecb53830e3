import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, badBody } from './api-error.ts';
import { ProxyCollection } from './proxy-collection.ts';

/** The API level of Toxiproxy this speaks, marked as not Toxiproxy itself. */
const version = '2.12.0+showrunner';

type Reply = { readonly status: number; readonly body?: unknown };

/** Toxiproxy's HTTP API on a collection of proxies: https://github.com/Shopify/toxiproxy#http-api */
export function createApi(collection = new ProxyCollection()): Server {
  return createServer((request, response) => {
    answer(collection, request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        const status = error instanceof ApiError ? error.status : 500;
        const message = error instanceof Error ? error.message : String(error);
        send(response, { status, body: { error: message, status } });
      },
    );
  });
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
}

type Handler = (collection: ProxyCollection, request: RoutedRequest) => Promise<Reply> | Reply;

interface RoutedRequest {
  readonly proxy: string;
  readonly toxic: string;
  readonly body: () => Promise<unknown>;
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const created = (body: unknown): Reply => ({ status: 201, body });
const done: Reply = { status: 204 };

const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/version': { GET: () => ok({ version }) },
  '/reset': { POST: (all) => all.reset().then(() => done) },
  '/populate': { POST: async (all, { body }) => created({ proxies: await all.populate(await body()) }) },
  // Not Toxiproxy's: a service that hands over to its next release is spared new connections for a moment, see holds.ts.
  '/holds/*': {
    GET: (all, { proxy: upstream }) => ok({ unanswered: all.unanswered(upstream) }),
    POST: (all, { proxy: upstream }) => {
      all.holds.start(upstream);
      return done;
    },
    DELETE: (all, { proxy: upstream }) => {
      all.holds.end(upstream);
      return done;
    },
  },
  '/proxies': {
    GET: (all) => ok(all.all()),
    POST: async (all, { body }) => created(await all.create(await body())),
  },
  '/proxies/*': {
    GET: (all, { proxy }) => ok(all.show(proxy)),
    POST: async (all, { proxy, body }) => ok(await all.update(proxy, await body())),
    DELETE: (all, { proxy }) => all.remove(proxy).then(() => done),
  },
  '/proxies/*/toxics': {
    GET: (all, { proxy }) => ok(all.find(proxy).toxics),
    POST: async (all, { proxy, body }) => ok(all.addToxic(proxy, await body())),
  },
  '/proxies/*/toxics/*': {
    GET: (all, { proxy, toxic }) => ok(all.findToxic(proxy, toxic)),
    POST: async (all, { proxy, toxic, body }) => ok(all.updateToxic(proxy, toxic, await body())),
    DELETE: (all, { proxy, toxic }) => {
      all.removeToxic(proxy, toxic);
      return done;
    },
  },
};

async function answer(collection: ProxyCollection, request: IncomingMessage): Promise<Reply> {
  // As Toxiproxy does: a web page that the user has open must not reach this API.
  if (request.headers['user-agent']?.startsWith('Mozilla/')) throw new ApiError(403, 'User agent not allowed');
  const path = pathOf(request);
  const methods = routes[path.map((part, index) => (index % 2 === 0 ? `/${part}` : '/*')).join('')];
  if (!methods) throw new ApiError(404, 'page not found');
  const handler = methods[request.method === 'PATCH' ? 'POST' : (request.method ?? '')];
  if (!handler) throw new ApiError(405, 'method not allowed');
  const [, proxy = '', , toxic = ''] = path;
  return handler(collection, { proxy, toxic, body: () => json(request) });
}

function pathOf(request: IncomingMessage): string[] {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw new ApiError(400, `bad path: ${pathname}`);
  }
}

const maxBodyBytes = 1024 * 1024;

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw badBody('too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch (error) {
    throw badBody(error instanceof Error ? error.message : String(error));
  }
}
