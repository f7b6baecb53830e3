import { beforeAll, describe, expect, test } from 'vitest';
import { type Backend, type Question, questions, type Window } from '../../orchestrator/backends/backend.ts';
import { type KnownShop, listingQuery, orderQuery, reviewQuery, typeError } from './known-shop.ts';

/** One thing that every backend must answer about `knownShop`. */
export interface Clause {
  readonly asks: Question;
  readonly says: string;
  check(backend: Backend, shop: KnownShop): Promise<void>;
}

const near = (value: number) => expect.closeTo(value, 6);

export const clauses: readonly Clause[] = [
  {
    asks: 'endpoints',
    says: 'counts, averages and exact p95 of one route, from the window’s start on and not at its end',
    async check(backend, { window }) {
      const stats = await backend.endpoints(window, { service: 'catalog', route: 'GET /products' });
      expect(stats).toEqual([
        {
          service: 'catalog',
          method: 'GET',
          route: '/products',
          count: 100,
          errorCount: 0,
          avgMs: near(50.5),
          p95Ms: near(95.05),
        },
      ]);
    },
  },
  {
    asks: 'endpoints',
    says: 'every endpoint of every service, and no client span',
    async check(backend, { window }) {
      const stats = await backend.endpoints(window, {});
      expect(
        stats.map((row) => `${row.service} ${row.method} ${row.route} ${row.count} ${row.errorCount}`).toSorted(),
      ).toEqual([
        'catalog GET /products 100 0',
        'catalog GET /products/:id 1 0',
        'checkout POST /orders 40 5',
        'payment POST /payments 35 0',
        'storefront GET /api/products 100 0',
        'storefront GET /api/products/:id 1 0',
        'storefront POST /api/orders 40 5',
      ]);
    },
  },
  {
    asks: 'endpoints',
    says: 'the releases of a service apart',
    async check(backend, { window }) {
      const stats = await backend.endpoints(window, { service: 'catalog', route: 'GET /products', byVersion: true });
      expect(stats.map(({ version, count, avgMs }) => ({ version, count, avgMs }))).toEqual([
        { version: '2.4.0', count: 60, avgMs: near(30.5) },
        { version: '2.5.0', count: 40, avgMs: near(80.5) },
      ]);
    },
  },
  {
    asks: 'queries',
    says: 'statistics of each query text',
    async check(backend, { window }) {
      const stats = await backend.queries(window, {});
      expect(stats).toEqual([
        { service: 'catalog', query: listingQuery, count: 100, errorCount: 0, avgMs: near(0.5), p95Ms: near(0.5) },
        { service: 'catalog', query: reviewQuery, count: 40, errorCount: 0, avgMs: near(2), p95Ms: near(2) },
        { service: 'checkout', query: orderQuery, count: 1, errorCount: 1, avgMs: near(3), p95Ms: near(3) },
      ]);
    },
  },
  {
    asks: 'queries',
    says: 'queries of one service that contain a text, whatever its case, signs taken as they are',
    async check(backend, { window }) {
      const texts = async (filter: { service?: string; contains?: string }): Promise<string[]> =>
        (await backend.queries(window, filter)).map(({ query }) => query);
      expect(await texts({ service: 'catalog', contains: 'from REVIEWS' })).toEqual([reviewQuery]);
      expect(await texts({ service: 'checkout', contains: 'reviews' })).toEqual([]);
      expect(await texts({ contains: '%' })).toEqual([]);
    },
  },
  {
    asks: 'traces',
    says: 'a whole trace for one matching span: the N+1 with all its queries under one parent',
    async check(backend, shop) {
      const { window } = shop;
      const [trace, ...more] = await backend.traces(window, {
        service: 'catalog',
        route: 'GET /products/:id',
        limit: 5,
      });
      expect(more).toEqual([]);
      expect(trace?.traceId).toBe(shop.productPage);
      const [page, ...queries] = trace?.spans ?? [];
      expect(queries).toHaveLength(40);
      expect(new Set(queries.map((span) => span.parentSpanId))).toEqual(new Set([page?.spanId]));
      expect(new Set(queries.map((span) => span.attributes['db.query.text']))).toEqual(new Set([reviewQuery]));
    },
  },
  {
    asks: 'traces',
    says: 'a span with its times, kind, status, release, attributes and events',
    async check(backend, shop) {
      const { window } = shop;
      const [id = ''] = shop.failedOrders;
      const trace = await backend.trace(id);
      expect(trace?.spans.map((span) => `${span.service} ${span.kind}`)).toEqual([
        'storefront server',
        'storefront client',
        'checkout server',
      ]);
      const [entry, call, work] = trace?.spans ?? [];
      expect(entry).not.toHaveProperty('parentSpanId');
      expect(work).toMatchObject({
        traceId: id,
        parentSpanId: call?.spanId,
        version: '1.10.0',
        name: 'POST /orders',
        startMs: window.from + 321_000,
        durationMs: near(280),
        status: 'error',
        statusMessage: typeError.message,
        attributes: { 'http.response.status_code': 500, 'shop.customer.country': 'DE', 'shop.order.first': true },
      });
      expect(work?.events).toMatchObject([
        { name: 'exception', timeMs: window.from + 321_000, attributes: { 'exception.type': 'TypeError' } },
      ]);
    },
  },
  {
    asks: 'traces',
    says: 'the newest traces first, filtered by error, duration and attributes of the same span',
    async check(backend, shop) {
      const { window } = shop;
      const ids = async (filter: object, limit = 100): Promise<string[]> =>
        (await backend.traces(window, { ...filter, limit })).map(({ traceId }) => traceId);
      const newest = shop.failedOrders.toReversed();
      expect(await ids({ service: 'checkout', route: 'POST /orders', error: true })).toEqual(newest);
      expect(await ids({ service: 'checkout', route: 'POST /orders', error: true }, 2)).toEqual(newest.slice(0, 2));
      expect(await ids({ service: 'checkout', route: 'POST /orders', error: false })).toHaveLength(35);
      expect(await ids({ service: 'storefront', route: 'GET /api/products/:id', error: true })).toEqual([]);
      expect(await ids({ error: true, attributes: { 'db.query.text': orderQuery } })).toEqual([shop.orders[2]]);
      expect(await ids({ service: 'catalog', route: 'GET /products', minDurationMs: 100 })).toEqual(
        shop.listings.slice(99),
      );
      expect(
        await ids({ service: 'checkout', attributes: { 'shop.customer.country': 'DE', 'shop.order.code': 'code-1' } }),
      ).toEqual([shop.orders[1]]);
      expect(await ids({ service: 'payment', attributes: { 'shop.customer.country': 'DE' } })).toEqual([]);
      expect(
        await ids({
          service: 'checkout',
          attributes: { 'service.version': '1.10.0' },
          error: true,
          route: 'POST /orders',
        }),
      ).toEqual(newest);
    },
  },
  {
    asks: 'traces',
    says: 'nothing for a trace that is not there',
    async check(backend) {
      expect(await backend.trace('f'.repeat(32))).toBeUndefined();
      expect(await backend.trace('no trace id')).toBeUndefined();
    },
  },
  {
    asks: 'errors',
    says: 'exceptions by service, type and message, with the newest traces',
    async check(backend, shop) {
      const { window } = shop;
      const group = { service: 'checkout', ...typeError, count: 5, traceIds: shop.failedOrders.toReversed() };
      expect(await backend.errors(window, {})).toEqual([group]);
      expect(await backend.errors(window, { service: 'checkout' })).toEqual([group]);
      expect(await backend.errors(window, { service: 'catalog' })).toEqual([]);
    },
  },
  {
    asks: 'dependencies',
    says: 'calls between services, to the database and to a bank that sends nothing',
    async check(backend, { window }) {
      const edges = await backend.dependencies(window);
      const text = edges
        .map((edge) => `${edge.from} -> ${edge.to} ${edge.kind} ${edge.count} ${edge.errorCount}`)
        .toSorted();
      expect(text).toEqual([
        'catalog -> shop database 140 0',
        'checkout -> catalog service 1 1',
        'checkout -> fulfilment service 1 1',
        'checkout -> payment service 35 0',
        'checkout -> shop database 1 1',
        'payment -> bank external 35 0',
        'storefront -> catalog service 100 1',
        'storefront -> checkout service 40 5',
      ]);
    },
  },
  {
    asks: 'dependencies',
    says: 'how long a call took as the caller saw it, and a message as its receiver did',
    async check(backend, { window }) {
      const edges = await backend.dependencies(window);
      const message = edges.find(({ to: callee }) => callee === 'fulfilment');
      expect(message).toMatchObject({ avgMs: near(20) });
      expect(
        edges.find(({ from: caller, to: callee }) => caller === 'storefront' && callee === 'catalog'),
      ).toMatchObject({ avgMs: near(55.5), p95Ms: near(100.05) });
    },
  },
  {
    asks: 'tendency',
    says: 'what the failing orders share, with the lift over all, and neither ids nor the outcome itself',
    async check(backend, shop) {
      const { window } = shop;
      const filter = { service: 'checkout', route: 'POST /orders', bad: { error: true } } as const;
      const traceIds = shop.failedOrders.toReversed();
      expect(await backend.tendency(window, filter)).toEqual([
        {
          attribute: 'shop.order.first',
          value: 'true',
          badCount: 1,
          badShare: near(0.2),
          goodCount: 0,
          goodShare: near(0),
          lift: near(8),
          traceIds: shop.failedOrders.slice(0, 1),
        },
        {
          attribute: 'shop.customer.country',
          value: 'DE',
          badCount: 5,
          badShare: near(1),
          goodCount: 5,
          goodShare: near(5 / 35),
          lift: near(4),
          traceIds,
        },
        {
          attribute: 'service.version',
          value: '1.10.0',
          badCount: 5,
          badShare: near(1),
          goodCount: 15,
          goodShare: near(15 / 35),
          lift: near(2),
          traceIds,
        },
        {
          attribute: 'shop.payment.brand',
          value: 'amex',
          badCount: 5,
          badShare: near(1),
          goodCount: 15,
          goodShare: near(15 / 35),
          lift: near(2),
          traceIds,
        },
      ]);
    },
  },
  {
    asks: 'tendency',
    says: 'what slow requests share, and an attribute that only another service of the trace knows',
    async check(backend, { window }) {
      const slow = await backend.tendency(window, {
        service: 'catalog',
        route: 'GET /products',
        bad: { slowerThanMs: 80 },
      });
      expect(slow).toMatchObject([
        { attribute: 'service.version', value: '2.5.0', badCount: 20, goodCount: 20, lift: near(2.5) },
      ]);
      const elsewhere = await backend.tendency(window, { service: 'payment', bad: { slowerThanMs: 240 } });
      expect(elsewhere).toMatchObject([
        { attribute: 'shop.payment.brand', value: 'amex', badCount: 15, goodCount: 0, lift: near(35 / 15) },
        { attribute: 'shop.customer.country', value: 'FR', badCount: 10, goodCount: 0, lift: near(35 / 15) },
        { attribute: 'shop.customer.country', value: 'DE', badCount: 5, goodCount: 0, lift: near(35 / 15) },
      ]);
    },
  },
  {
    asks: 'logs',
    says: 'log records by service, trace and severity, newest first',
    async check(backend, shop) {
      const { window } = shop;
      const bodies = async (filter: object, limit = 10): Promise<string[]> =>
        (await backend.logs(window, { ...filter, limit })).map(({ body }) => body);
      expect(await bodies({})).toEqual(['the bank answered 402', typeError.message, 'order accepted']);
      expect(await bodies({}, 1)).toEqual(['the bank answered 402']);
      expect(await bodies({ service: 'checkout', minSeverity: 17 })).toEqual([typeError.message]);
      const [record] = await backend.logs(window, { traceId: shop.failedOrders[0] ?? '', limit: 10 });
      expect(record).toEqual({
        timeMs: window.from + 321_000,
        service: 'checkout',
        severity: 17,
        body: typeError.message,
        traceId: shop.failedOrders[0],
        attributes: {},
      });
    },
  },
  {
    asks: 'metrics',
    says: 'numbers, and of a histogram its count and sum',
    async check(backend, { window }) {
      const name = 'db.client.connection.count';
      const attributes = { pool: 'main' };
      expect(await backend.metrics(window, { name })).toEqual([
        { timeMs: window.from, service: 'catalog', name, unit: 's', value: 3.5, attributes },
        { timeMs: window.from + 5000, service: 'cart', name, unit: 's', value: 1, attributes },
      ]);
      expect(await backend.metrics(window, { name: 'http.server.request.duration', service: 'catalog' })).toEqual([
        {
          timeMs: window.from + 5000,
          service: 'catalog',
          name: 'http.server.request.duration',
          unit: 's',
          count: 7,
          sum: 0.25,
          attributes,
        },
      ]);
    },
  },
  {
    asks: 'endpoints',
    says: 'nothing for a window without requests, an impossible window, or a service and route that do not exist',
    async check(backend, { window }) {
      const { from, to } = window;
      const empty = { from: from - 7_200_000, to: from - 3_600_000 };
      const hostile = `x' OR '1'='1`;
      for (const nothing of [empty, { from: to, to: from }, { from, to: from }, { from: Number.NaN, to }]) {
        for (const question of answeredBy(backend)) expect(await askWide[question](backend, nothing)).toEqual([]);
      }
      for (const question of answeredBy(backend)) {
        const ask = askHostile[question];
        if (ask) expect(await ask(backend, window, hostile)).toEqual([]);
      }
    },
  },
];

/** Each question, as wide as it can be asked. */
const askWide: Readonly<Record<Question, (backend: Backend, window: Window) => Promise<readonly unknown[]>>> = {
  endpoints: (backend, window) => backend.endpoints(window, {}),
  queries: (backend, window) => backend.queries(window, {}),
  traces: (backend, window) => backend.traces(window, { limit: 9 }),
  errors: (backend, window) => backend.errors(window, {}),
  dependencies: (backend, window) => backend.dependencies(window),
  tendency: (backend, window) => backend.tendency(window, { service: 'checkout', bad: { error: true } }),
  logs: (backend, window) => backend.logs(window, { limit: 9 }),
  metrics: (backend, window) => backend.metrics(window, { name: 'db.client.connection.count' }),
};

/** Text that tries to get out of its quotes. */
const askHostile: Readonly<
  Partial<Record<Question, (backend: Backend, window: Window, text: string) => Promise<readonly unknown[]>>>
> = {
  endpoints: async (backend, window, text) => [
    ...(await backend.endpoints(window, { service: text })),
    ...(await backend.endpoints(window, { route: text })),
  ],
  queries: (backend, window, text) => backend.queries(window, { contains: text }),
  traces: (backend, window, text) => backend.traces(window, { attributes: { [text]: text }, limit: 9 }),
  errors: (backend, window, text) => backend.errors(window, { service: text }),
  tendency: (backend, window, text) => backend.tendency(window, { service: text, bad: { error: true } }),
};

function answeredBy({ how }: Backend): readonly Question[] {
  return questions.filter((question) => how[question] !== 'unsupported');
}

/** A backend that has been sent the known shop. */
export interface BackendSubject {
  readonly backend: Backend;
  readonly shop: KnownShop;
}

/**
 * The contract suite of one backend. `optOuts`: clauses (`asks: says`) that it cannot satisfy, each with the reason, which is printed; a clause
 * about something it declares `unsupported` needs none.
 */
export function backendContract(
  name: string,
  open: () => Promise<BackendSubject>,
  optOuts: Readonly<Record<string, string>> = {},
): void {
  describe(`the ${name} backend answers`, () => {
    let subject: BackendSubject;
    beforeAll(async () => {
      subject = await open();
    });

    for (const clause of clauses) {
      const title = `${clause.asks}: ${clause.says}`;
      const reason = optOuts[title];
      test(reason === undefined ? title : `[opted out: ${reason}] ${title}`, async ({ annotate }) => {
        const { backend, shop } = subject;
        const why = reason ?? unsupported(backend, clause.asks);
        if (why === undefined) return clause.check(backend, shop);
        await annotate(`${name} opts out: ${why}`);
        // An opt-out that is not needed any more is a clause that nobody checks.
        await expect(clause.check(backend, shop)).rejects.toThrow();
      });
    }

    test('only with clauses that there are', () => {
      const titles = clauses.map(({ asks, says }) => `${asks}: ${says}`);
      expect(Object.keys(optOuts).filter((title) => !titles.includes(title))).toEqual([]);
    });

    test('with its name and version', async () => {
      expect(subject.backend.name).toBe(name);
      // A build may not know its own version; then its API's has to do.
      expect(await subject.backend.version()).toMatch(/\d/);
    });
  });
}

function unsupported({ how, remarks }: Backend, question: Question): string | undefined {
  return how[question] === 'unsupported' ? (remarks[question] ?? `${question} cannot be asked`) : undefined;
}
