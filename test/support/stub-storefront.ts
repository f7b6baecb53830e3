import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the stub saw it. */
export interface Seen {
  /** Epoch ms. */
  readonly at: number;
  /** `METHOD /path/:id`, or `METHOD path` where the storefront has no such route. */
  readonly route: string;
  readonly status: number;
  readonly traceparent: string | undefined;
  readonly body: unknown;
}

export interface StubStorefront {
  readonly url: string;
  readonly seen: Seen[];
  /** Milliseconds before the answer, for a route or for `all`. */
  readonly delays: Map<string, number>;
  close(): Promise<void>;
}

type Answer = readonly [status: number, body: unknown];

const price = { amount: 1200, currency: 'JPY' };
const products = (first: number): unknown =>
  Array.from({ length: 20 }, (_, i) => ({ id: first + i, name: `product ${first + i}`, price }));

const routes: readonly (readonly [route: string, pattern: RegExp, answer: (query: URLSearchParams) => Answer])[] = [
  [
    'GET /api/categories',
    /^GET \/api\/categories$/,
    () => [200, { categories: ['books', 'garden', 'kitchen', 'toys'].map((slug) => ({ slug, name: slug })) }],
  ],
  [
    'GET /api/products',
    /^GET \/api\/products$/,
    (query) => [200, { products: products(20 * Number(query.get('page'))), page: 1, pages: 9 }],
  ],
  [
    'GET /api/products/:id',
    /^GET \/api\/products\/\d+$/,
    () => [200, { id: 1, name: 'product', description: '', price, stock: 5, reviews: [] }],
  ],
  ['GET /api/search', /^GET \/api\/search$/, () => [200, { products: products(1) }]],
  ['POST /api/carts', /^POST \/api\/carts$/, () => [201, { id: 'c1' }]],
  ['POST /api/carts/:id/items', /^POST \/api\/carts\/c1\/items$/, () => [201, { id: 'c1', items: [], total: price }]],
  ['GET /api/carts/:id', /^GET \/api\/carts\/c1$/, () => [200, { id: 'c1', items: [], total: price }]],
  ['POST /api/orders', /^POST \/api\/orders$/, () => [201, { id: 'o1', status: 'placed', total: price }]],
  ['GET /api/orders/:id', /^GET \/api\/orders\/o1$/, () => [200, { id: 'o1', status: 'placed', total: price }]],
];

/** The storefront's JSON API with made-up answers (docs/architecture.md), remembering every request. Listens on a free port of 127.0.0.1. */
export async function startStubStorefront(): Promise<StubStorefront> {
  const seen: Seen[] = [];
  const delays = new Map<string, number>();
  const server = createServer((request, response) => void answer(request, response, seen, delays));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    delays,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen[],
  delays: ReadonlyMap<string, number>,
): Promise<void> {
  const at = Date.now();
  const url = new URL(request.url ?? '/', 'http://stub');
  const called = `${request.method} ${url.pathname}`;
  const [route, , respond] = routes.find(([, pattern]) => pattern.test(called)) ?? [
    called,
    undefined,
    (): Answer => [404, { error: { code: 'not-found', message: called } }],
  ];
  const [status, body] = respond(url.searchParams);
  const sent = await textOf(request);
  const traceparent = request.headers['traceparent'];
  seen.push({
    at,
    route,
    status,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    body: sent === '' ? undefined : JSON.parse(sent),
  });
  setTimeout(
    () => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    delays.get(route) ?? delays.get('all') ?? 0,
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
