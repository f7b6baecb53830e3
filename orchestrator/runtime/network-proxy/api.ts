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

async function answer(collection: ProxyCollection, request: IncomingMessage): Promise<Reply> {
  // As Toxiproxy does: a web page that the user has open must not reach this API.
  if (request.headers['user-agent']?.startsWith('Mozilla/')) throw new ApiError(403, 'User agent not allowed');
  const [root, ...names] = pathOf(request);
  const method = request.method === 'PATCH' ? 'POST' : (request.method ?? '');
  if (root === 'proxies') return proxies(collection, method, names, request);
  if (names.length > 0) throw new ApiError(404, 'page not found');
  switch (`${method} ${root}`) {
    case 'GET version':
      return { status: 200, body: { version } };
    case 'POST reset':
      await collection.reset();
      return { status: 204 };
    case 'POST populate':
      return { status: 201, body: { proxies: await collection.populate(await json(request)) } };
    default:
      throw new ApiError(404, 'page not found');
  }
}

async function proxies(
  collection: ProxyCollection,
  method: string,
  [name, toxics, toxic]: readonly string[],
  request: IncomingMessage,
): Promise<Reply> {
  const body = () => json(request);
  if (name === undefined) {
    if (method === 'GET') return { status: 200, body: collection.all() };
    if (method === 'POST') return { status: 201, body: await collection.create(await body()) };
  } else if (toxics === undefined) {
    if (method === 'GET') return { status: 200, body: collection.show(name) };
    if (method === 'POST') return { status: 200, body: await collection.update(name, await body()) };
    if (method === 'DELETE') return collection.remove(name).then(() => ({ status: 204 }));
  } else if (toxics === 'toxics' && toxic === undefined) {
    if (method === 'GET') return { status: 200, body: collection.find(name).toxics };
    if (method === 'POST') return { status: 200, body: collection.addToxic(name, await body()) };
  } else if (toxics === 'toxics' && toxic !== undefined) {
    if (method === 'GET') return { status: 200, body: collection.findToxic(name, toxic) };
    if (method === 'POST') return { status: 200, body: collection.updateToxic(name, toxic, await body()) };
    if (method === 'DELETE') return (collection.removeToxic(name, toxic), { status: 204 });
  }
  throw new ApiError(method === 'GET' ? 404 : 405, 'page not found');
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
