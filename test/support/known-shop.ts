import type { Window } from '../../orchestrator/backends/backend.ts';
import { Ids, type LogInput, type MetricInput, type SpanInput } from './otlp-data.ts';

/**
 * A quarter of an hour in a small shop, whose every statistic is known. Half-open window [from, to):
 * - 100 listings: storefront GET /api/products → catalog GET /products (i ms for i = 1…100; 60 of them version 2.4.0, then 2.5.0) → one query,
 *   for which every tenth has to open a connection first;
 *   the answer to the last comes too late for the storefront
 * - one request for a product that is not there, 404
 * - one product page: catalog GET /products/:id with 40 times the same query (N+1)
 * - 40 orders: storefront → checkout → payment → the bank, which sends nothing; those of German customers fail in release 1.10.0, 5 in all;
 *   payments by amex take 245 ms, by visa 235 ms
 * - one checkout query that the database refuses, and one of its calls to catalog that never arrives
 * - one message from checkout to fulfilment, which fails
 * - requests just before `from` and exactly at `to`, which are not in the window; one exactly at `from` is the first listing
 */
const longAgo = Date.UTC(2026, 0, 5, 9, 0, 0);
const lengthMs = 900_000;

export const listingQuery = 'SELECT id, name FROM products WHERE category = $1 LIMIT 20';
export const reviewQuery = 'SELECT rating FROM reviews WHERE product_id = $1';
export const orderQuery = 'INSERT INTO orders (cart_id, total) VALUES ($1, $2)';
export const typeError = { type: 'TypeError', message: "Cannot read properties of undefined (reading 'rate')" };

export interface KnownShop {
  readonly window: Window;
  readonly spans: readonly SpanInput[];
  readonly logs: readonly LogInput[];
  readonly metrics: readonly MetricInput[];
  /** Trace ids, by start. */
  readonly listings: readonly string[];
  readonly productPage: string;
  readonly orders: readonly string[];
  readonly failedOrders: readonly string[];
}

type Attributes = Record<string, string | number | boolean>;
type Where = Pick<SpanInput, 'service' | 'traceId' | 'startMs' | 'durationMs'> & Partial<SpanInput>;

const database = { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': '127.0.0.1' };

class Builder {
  readonly from: number;
  readonly spans: SpanInput[] = [];
  readonly ids: Ids;

  constructor(from: number) {
    this.from = from;
    this.ids = new Ids(from === longAgo ? 0 : from % 2 ** 31);
  }

  /** Returns the new span's id. */
  server(method: string, route: string, status: number, where: Where): string {
    return this.span({
      ...where,
      kind: 'server',
      name: `${method} ${route}`,
      failed: status >= 500,
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'url.path': `${route}/${this.spans.length}`,
        'http.response.status_code': status,
        'network.peer.port': 40_000 + this.spans.length,
        ...where.attributes,
      },
    });
  }

  client(peer: string, status: number | undefined, where: Where): string {
    const outcome: Attributes =
      status === undefined ? { 'error.type': 'ETIMEDOUT' } : { 'http.response.status_code': status };
    const failed = status === undefined || status >= 400;
    const attributes = {
      'http.request.method': 'GET',
      'peer.service': peer,
      'server.address': '127.0.0.1',
      ...outcome,
    };
    return this.span({ ...where, kind: 'client', name: 'GET', failed, attributes });
  }

  query(text: string, where: Where): string {
    const attributes = { ...database, 'db.query.text': text };
    return this.span({ ...where, kind: 'client', name: text.slice(0, 6), attributes });
  }

  /** As instrumentations of a pool tell it: a client span that names the database, and no query. */
  connect(where: Where): string {
    return this.span({ ...where, kind: 'client', name: 'pg-pool.connect', attributes: database });
  }

  span(span: Omit<SpanInput, 'spanId'>): string {
    const spanId = this.ids.span();
    this.spans.push({ ...span, spanId });
    return spanId;
  }
}

/** The same spans, logs and metrics in every call with the same start (epoch ms, whole); ids differ by start. */
export function knownShop(from = longAgo): KnownShop {
  const builder = new Builder(from);
  const listings = Array.from({ length: 100 }, (_, index) => listing(builder, index));
  const productPage = nPlusOne(builder);
  const traceId = builder.ids.trace();
  builder.server('GET', '/api/products/:id', 404, {
    traceId,
    service: 'storefront',
    startMs: from + 250_000,
    durationMs: 1,
  });
  const orders = Array.from({ length: 40 }, (_, index) => order(builder, index));
  outsiders(builder);
  const failedOrders = orders.filter((_, index) => fails(index));
  const [failed = ''] = failedOrders;
  return {
    window: { from, to: from + lengthMs },
    spans: builder.spans,
    logs: logsOf(from, failed),
    metrics: metricsOf(from),
    listings,
    productPage,
    orders,
    failedOrders,
  };
}

function listing(builder: Builder, index: number): string {
  const traceId = builder.ids.trace();
  const version = index < 60 ? '2.4.0' : '2.5.0';
  const at = { traceId, startMs: builder.from + index * 1000 };
  const entry = builder.server('GET', '/api/products', 200, { ...at, service: 'storefront', durationMs: index + 11 });
  const call = builder.client('catalog', index === 99 ? undefined : 200, {
    ...at,
    service: 'storefront',
    durationMs: index + 6,
    parentSpanId: entry,
  });
  const inner = { ...at, service: 'catalog', version };
  const work = builder.server('GET', '/products', 200, { ...inner, durationMs: index + 1, parentSpanId: call });
  if (index % 10 === 0) builder.connect({ ...inner, durationMs: 0.4, parentSpanId: work });
  builder.query(listingQuery, { ...inner, durationMs: 0.5, parentSpanId: work });
  return traceId;
}

function nPlusOne(builder: Builder): string {
  const traceId = builder.ids.trace();
  const startMs = builder.from + 200_000;
  const page = { traceId, service: 'catalog', version: '2.5.0' };
  const work = builder.server('GET', '/products/:id', 200, { ...page, startMs, durationMs: 90 });
  for (let n = 0; n < 40; n += 1) {
    builder.query(reviewQuery, { ...page, startMs: startMs + 2 * n, durationMs: 2, parentSpanId: work });
  }
  return traceId;
}

/** Every fourth customer is German; the second half of the orders meets the new release. */
function fails(index: number): boolean {
  return index >= 20 && index % 4 === 1;
}

function order(builder: Builder, index: number): string {
  const traceId = builder.ids.trace();
  const at = { traceId, startMs: builder.from + 300_000 + index * 1000 };
  const status = fails(index) ? 500 : 201;
  const attributes = {
    'shop.customer.country': ['JP', 'DE', 'US', 'FR'][index % 4] ?? '',
    'shop.payment.brand': index % 2 === 0 ? 'visa' : 'amex',
    'shop.order.id': `order-${index}`,
    'shop.order.code': `code-${index}`,
    'shop.order.first': index === 21,
  };
  const entry = builder.server('POST', '/api/orders', status, {
    ...at,
    service: 'storefront',
    durationMs: 300,
    attributes,
  });
  const call = builder.client('checkout', status, {
    ...at,
    service: 'storefront',
    durationMs: 290,
    parentSpanId: entry,
  });
  const release = { ...at, service: 'checkout', durationMs: 280, version: index < 20 ? '1.9.0' : '1.10.0' };
  const exception = fails(index) ? { exception: typeError } : {};
  const work = builder.server('POST', '/orders', status, {
    ...release,
    durationMs: 280,
    parentSpanId: call,
    attributes,
    ...exception,
  });
  if (fails(index)) return traceId;
  const pay = builder.client('payment', 201, { ...release, durationMs: 250, parentSpanId: work });
  const payment = { ...at, service: 'payment', version: '2.0.3' };
  const durationMs = index % 2 === 0 ? 235 : 245;
  const charge = builder.server('POST', '/payments', 201, { ...payment, durationMs, parentSpanId: pay });
  builder.client('bank', index === 0 ? 402 : 200, { ...payment, durationMs: 200 + index, parentSpanId: charge });
  if (index === 4) message(builder, release, work);
  if (index === 2) builder.query(orderQuery, { ...release, durationMs: 3, parentSpanId: work, failed: true });
  if (index === 3) builder.client('catalog', undefined, { ...release, durationMs: 1, parentSpanId: work });
  return traceId;
}

/** The receiver takes it out of the queue a minute later, and fails. */
function message(builder: Builder, sender: Where, parentSpanId: string): void {
  const sent = builder.span({ ...sender, kind: 'producer', durationMs: 1, parentSpanId });
  const received = { traceId: sender.traceId, service: 'fulfilment', startMs: sender.startMs + 60_000, durationMs: 20 };
  builder.span({ ...received, kind: 'consumer', failed: true, parentSpanId: sent });
}

function outsiders(builder: Builder): void {
  for (const startMs of [builder.from - 1, builder.from + lengthMs]) {
    const traceId = builder.ids.trace();
    const where = { traceId, service: 'catalog', version: '2.4.0', startMs, durationMs: 60_000 };
    const work = builder.server('GET', '/products', 500, { ...where, exception: typeError });
    builder.query(listingQuery, { ...where, parentSpanId: work });
  }
}

function logsOf(from: number, traceId: string): readonly LogInput[] {
  return [
    { service: 'checkout', timeMs: from, severity: 9, body: 'order accepted' },
    { service: 'checkout', timeMs: from + 321_000, severity: 17, body: typeError.message, traceId },
    { service: 'payment', timeMs: from + 400_000, severity: 13, body: 'the bank answered 402' },
    { service: 'payment', timeMs: from + lengthMs, severity: 17, body: 'after the window' },
  ];
}

function metricsOf(from: number): readonly MetricInput[] {
  return [
    { service: 'catalog', name: 'db.client.connection.count', timeMs: from, point: { gauge: 3.5 } },
    { service: 'cart', name: 'db.client.connection.count', timeMs: from + 5000, point: { gauge: 1 } },
    { service: 'catalog', name: 'http.server.request.duration', timeMs: from + 5000, point: { count: 7, sum: 0.25 } },
    { service: 'catalog', name: 'db.client.connection.count', timeMs: from + lengthMs, point: { gauge: 9 } },
  ];
}
