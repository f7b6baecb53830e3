import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ROOT_CONTEXT,
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const services = ['storefront', 'catalog', 'cart', 'checkout', 'payment', 'inventory', 'fulfilment', 'bank'] as const;
type Service = (typeof services)[number];

/** What the OpenTelemetry SDK of each service posts for `visits` visits to the shop: a request body per batch of at most 512 spans. */
export async function shopBodies(
  visits: number,
  encoding: 'json' | 'protobuf' = 'protobuf',
): Promise<readonly Buffer[]> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const providers = new Map(services.map((service) => [service, providerOf(service, url, encoding)]));
  const shop = new Shop((service) => {
    const provider = providers.get(service);
    if (provider === undefined) throw new Error(`no ${service}`);
    return provider.getTracer('@opentelemetry/instrumentation-http', '0.301.0');
  });
  for (let visit = 0; visit < visits; visit += 1) {
    if (visit % 4 === 3) shop.order(visit);
    else shop.listing(visit);
    // Before the queues of the processors are full.
    if (visit % 1000 === 999) await Promise.all([...providers.values()].map((provider) => provider.forceFlush()));
  }
  await Promise.all([...providers.values()].map((provider) => provider.shutdown()));
  server.closeAllConnections();
  await once(server.close(), 'close');
  return bodies;
}

function providerOf(service: Service, url: string, encoding: 'json' | 'protobuf'): TracerProvider {
  const exporter = encoding === 'json' ? new JsonTraces({ url }) : new ProtobufTraces({ url });
  const resource = defaultResource().merge(
    resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'shop',
      'service.version': '2.4.0',
      'service.instance.id': `${service}-7f6c1d2e-4a7b-4c3d-9e8f`,
      'deployment.environment.name': 'demo',
      'deployment.environment': 'demo',
      'deployment.id': '5f1d7a3c9b2e',
    }),
  );
  const spanProcessors = [
    new BatchSpanProcessor({ exporter, maxExportBatchSize: 512, maxQueueSize: 20_000, scheduledDelayMillis: 60_000 }),
  ];
  return new TracerProvider({ resource, spanProcessors });
}

/** Which service begins a span, and in what. */
interface Where {
  readonly service: Service;
  readonly parent: Context;
}

const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);

/** Visits as the shop's own instrumentation tells them, four a second. */
class Shop {
  readonly #tracerOf: (service: Service) => Tracer;
  #visit = 0;

  constructor(tracerOf: (service: Service) => Tracer) {
    this.#tracerOf = tracerOf;
  }

  listing(visit: number): void {
    this.#visit = visit;
    const page = visit % 20;
    this.#server(
      { service: 'storefront', parent: ROOT_CONTEXT },
      'GET /api/products',
      { 'url.path': '/api/products', 'url.query': `page=${page}` },
      (entry) => {
        this.#call({ service: 'storefront', parent: entry }, 'catalog', `/products?page=${page}`, (work) => {
          this.#query(
            'catalog',
            'SELECT id, name, price, currency FROM products WHERE category = $1 ORDER BY name LIMIT 20 OFFSET $2',
            work,
          );
          this.#query('catalog', 'SELECT count(*) FROM products WHERE category = $1', work);
        });
      },
    );
  }

  order(visit: number): void {
    this.#visit = visit;
    const order = {
      'url.path': '/api/orders',
      'shop.customer.country': ['JP', 'DE', 'US', 'FR'][visit % 3] ?? '',
      'shop.customer.plan': visit % 5 === 0 ? 'gold' : 'free',
      'shop.payment.brand': visit % 2 === 0 ? 'visa' : 'amex',
      'shop.app.version': '3.1.0',
    };
    this.#server({ service: 'storefront', parent: ROOT_CONTEXT }, 'POST /api/orders', order, (entry) => {
      this.#call({ service: 'storefront', parent: entry }, 'checkout', '/orders', (work) => {
        this.#call({ service: 'checkout', parent: work }, 'cart', `/carts/${visit * 7919}`, (cart) =>
          this.#query('cart', 'SELECT product_id, quantity FROM cart_items WHERE cart_id = $1', cart),
        );
        this.#call({ service: 'checkout', parent: work }, 'inventory', '/reservations', (stock) =>
          this.#query('inventory', 'UPDATE stock SET reserved = reserved + $2 WHERE product_id = $1', stock),
        );
        this.#call({ service: 'checkout', parent: work }, 'payment', '/payments', (pay) =>
          this.#call({ service: 'payment', parent: pay }, 'bank', '/charges'),
        );
        this.#query(
          'checkout',
          'INSERT INTO orders (cart_id, total, currency, country) VALUES ($1, $2, $3, $4) RETURNING id',
          work,
        );
        this.#call({ service: 'checkout', parent: work }, 'fulfilment', '/jobs');
      });
    });
  }

  #server(where: Where, name: string, attributes: Attributes, inside: (context: Context) => void): void {
    const [method = '', route = ''] = name.split(' ');
    const failed = this.#visit % 97 === 3;
    const span = this.#start(where, name, SpanKind.SERVER, {
      'http.request.method': method,
      'url.scheme': 'http',
      ...peerAttributes(40_000 + (this.#visit % 20_000)),
      'client.address': '127.0.0.1',
      'user_agent.original': 'k6/2.2.0 (https://k6.io/)',
      ...attributes,
    });
    inside(trace.setSpan(where.parent, span));
    span.setAttributes({ 'http.response.status_code': failed ? 500 : 200, 'http.route': route });
    if (failed) {
      span.setAttribute('error.type', '500');
      span.recordException(new TypeError("Cannot read properties of undefined (reading 'rate')"), this.#now(5));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(this.#now(5 + (this.#visit % 50)));
  }

  #call(from: Where, to: Service, path: string, inside: (context: Context) => void = () => undefined): void {
    const port = 20_000 + services.indexOf(to);
    const span = this.#start(from, 'POST', SpanKind.CLIENT, {
      'http.request.method': 'POST',
      'http.request.method_original': 'POST',
      'url.full': `http://127.0.0.1:${port}${path}`,
      'url.path': path,
      'url.query': '',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': port,
      'peer.service': to,
      'user_agent.original': 'undici',
      'network.peer.address': '127.0.0.1',
      'network.peer.port': port,
    });
    const route = path.replace(/\/\d+$/, '/:id').replace(/\?.*$/, '');
    const parent = trace.setSpan(from.parent, span);
    this.#server({ service: to, parent }, `POST ${route}`, { 'url.path': path }, inside);
    span.setAttribute('http.response.status_code', 200);
    span.end(this.#now(4 + (this.#visit % 50)));
  }

  #query(service: Service, text: string, parent: Context): void {
    const operation = text.split(' ', 1)[0] ?? '';
    const database = {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'server.address': '127.0.0.1',
      'server.port': 20_100,
    };
    const older = { 'db.system': 'postgresql', 'db.name': 'shop' };
    this.#start({ service, parent }, 'pg-pool.connect', SpanKind.CLIENT, {
      ...database,
      ...older,
      'db.postgresql.idle.timeout.millis': 10_000,
      'db.client.connection.pool.name': 'postgresql://127.0.0.1:20100/shop',
    }).end(this.#now(0.2));
    this.#start({ service, parent }, `pg.query:${operation} shop`, SpanKind.CLIENT, {
      ...database,
      ...older,
      'db.query.text': text,
      'db.statement': text,
      'db.operation.name': operation,
      'db.operation': operation,
    }).end(this.#now(1.5));
  }

  #start({ service, parent }: Where, name: string, kind: SpanKind, attributes: Attributes): Span {
    return this.#tracerOf(service).startSpan(name, { kind, attributes, startTime: this.#now(0) }, parent);
  }

  #now(plusMs: number): number {
    return startMs + this.#visit * 250 + plusMs;
  }
}

function peerAttributes(port: number): Attributes {
  return {
    'server.address': '127.0.0.1',
    'server.port': 20_000,
    'network.peer.address': '127.0.0.1',
    'network.peer.port': port,
    'network.protocol.version': '1.1',
  };
}
