import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mackerelApi, mackerelPaths } from '../../../orchestrator/backends/embedded/serve/mackerel.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { knownShop, listingQuery, typeError } from '../../support/known-shop.ts';
import { deliver, tracesRequest } from '../../support/otlp-data.ts';

const shop = knownShop();
const from = shop.window.from / 1000;
const to = shop.window.to / 1000;
const ofShop = { 'service.namespace': 'shop', 'deployment.environment.name': 'production' };

let store: TelemetryStore;
let server: Server;
let url: string;

beforeAll(async () => {
  store = await openTelemetryStore();
  const tap = await startTap({ store });
  const spans = shop.spans.map((span) => ({ ...span, resource: ofShop }));
  await deliver(tap.endpoint, '/v1/traces', tracesRequest(spans));
  await tap.close();
  server = createServer(mackerelApi(store));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await store.close();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function get(path: string, query: object = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}?${String(new URLSearchParams(Object.entries(query)))}`);
  return { status: response.status, body: await response.json() };
}

async function list(body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}/api/v0/traces`, { method: 'POST', headers, body: text });
  return { status: response.status, body: await response.json() };
}

/** The names and JSON types of an answer, of a list those of its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}

const attribute = (key: string, operator: string, value: string, type: string) => ({
  attributes: [{ key, operator, value, type }],
});

const refused = (message: RegExp) => ({ status: 400, body: { error: { message: expect.stringMatching(message) } } });

describe('GET /api/v0/apm/http-server-stats', () => {
  const path = '/api/v0/apm/http-server-stats';
  const asked = { serviceName: 'catalog', from, to };

  test('answers the documented example in its shape', async () => {
    // As documented, with our times.
    const example = {
      serviceName: 'checkout',
      serviceNamespace: 'shop',
      from,
      to: from + 1800,
      environment: 'production',
      orderColumn: 'ERROR_RATE',
      perPage: 100,
    };
    const documented = {
      results: [
        {
          method: 'POST',
          route: '/api/orders',
          totalMillis: 1250.0,
          averageMillis: 12.5,
          approxP95Millis: 25.5,
          errorRatePercentage: 2.5,
          requestCount: 100,
        },
      ],
      hasNextPage: false,
    };
    const { status, body } = await get(path, example);
    expect(status).toBe(200);
    expect(shapeOf(body)).toEqual(shapeOf(documented));
    expect(body).toMatchObject({
      results: [{ method: 'POST', route: '/orders', totalMillis: 11_200, errorRatePercentage: 12.5, requestCount: 40 }],
      hasNextPage: false,
    });
  });

  const counts = async (more: object): Promise<unknown> => {
    const { body } = await get(path, { ...asked, orderColumn: 'REQUEST_COUNT', ...more });
    return (body as { results: { requestCount: number }[] }).results.map(({ requestCount }) => requestCount);
  };

  test('takes a part of a route, a method and a version', async () => {
    expect(await counts({})).toEqual([100, 1]);
    expect(await counts({ orderDirection: 'ASC' })).toEqual([1, 100]);
    expect(await counts({ route: '/:id' })).toEqual([1]);
    expect(await counts({ route: 'PRODUCTS' })).toEqual([]);
    expect(await counts({ method: 'POST' })).toEqual([]);
    expect(await counts({ version: '2.5.0' })).toEqual([40, 1]);
    expect(await counts({ serviceNamespace: 'other' })).toEqual([]);
    expect(await counts({ environment: 'staging' })).toEqual([]);
    expect(await counts({ orderColumn: 'SUM' })).toEqual([100, 1]);
    expect(await counts({ orderColumn: 'AVERAGE' })).toEqual([1, 100]);
    expect(await counts({ orderColumn: 'P95' })).toEqual([100, 1]);
  });

  test('gives pages', async () => {
    const first = await get(path, { ...asked, perPage: 1, orderColumn: 'REQUEST_COUNT' });
    expect(first.body).toMatchObject({ results: [{ requestCount: 100 }], hasNextPage: true });
    const second = await get(path, { ...asked, perPage: 1, page: 2, orderColumn: 'REQUEST_COUNT' });
    expect(second.body).toMatchObject({ results: [{ requestCount: 1 }], hasNextPage: false });
    expect((await get(path, { ...asked, page: 9 })).body).toEqual({ results: [], hasNextPage: false });
  });

  test('refuses what is missing, unknown, out of range or longer than 30 minutes', async () => {
    expect(await get(path, { from, to })).toEqual(refused(/serviceName/));
    expect(await get(path, { serviceName: 'catalog', to })).toEqual(refused(/from/));
    expect(await get(path, { ...asked, to: from + 1801 })).toEqual(refused(/30 minutes/));
    expect(await get(path, { ...asked, to: from })).toEqual(refused(/before/));
    expect(await get(path, { ...asked, from: from - 0.5 })).toEqual(refused(/whole number/));
    expect(await get(path, { ...asked, perPage: 101 })).toEqual(refused(/perPage/));
    expect(await get(path, { ...asked, page: 0 })).toEqual(refused(/page/));
    expect(await get(path, { ...asked, orderColumn: 'EXECUTION_COUNT' })).toEqual(refused(/orderColumn/));
    expect(await get(path, { ...asked, service: 'catalog' })).toEqual(refused(/service/));
    const twice = await fetch(`${url}${path}?serviceName=a&serviceName=b&from=${from}&to=${to}`);
    expect(twice.status).toBe(400);
  });
});

describe('GET /api/v0/apm/db-query-stats', () => {
  const path = '/api/v0/apm/db-query-stats';

  test('answers the documented example in its shape, and takes a part of a query', async () => {
    const documented = {
      results: [
        {
          query: 'SELECT * FROM users WHERE id = ?',
          executionCount: 1250,
          totalMillis: 11262.5,
          averageMillis: 9.01,
          approxP95Millis: 19.89,
        },
      ],
      hasNextPage: false,
    };
    const asked = { serviceName: 'catalog', from, to, orderColumn: 'EXECUTION_COUNT' };
    const { status, body } = await get(path, asked);
    expect(status).toBe(200);
    expect(shapeOf(body)).toEqual(shapeOf(documented));
    expect(body).toMatchObject({ results: [{ query: listingQuery, executionCount: 100 }, { executionCount: 40 }] });
    expect((await get(path, { ...asked, query: 'FROM products' })).body).toMatchObject({
      results: [{ query: listingQuery }],
      hasNextPage: false,
    });
    expect((await get(path, { ...asked, query: '%' })).body).toEqual({ results: [], hasNextPage: false });
  });

  test('knows no method or route, nor the order of the other statistics', async () => {
    const asked = { serviceName: 'catalog', from, to };
    expect(await get(path, { ...asked, route: '/products' })).toEqual(refused(/route/));
    expect(await get(path, { ...asked, orderColumn: 'ERROR_RATE' })).toEqual(refused(/orderColumn/));
  });
});

describe('POST /api/v0/traces', () => {
  const asked = { serviceName: 'checkout', serviceNamespace: 'shop', from, to };
  const ids = async (more: object): Promise<readonly string[]> => {
    const { status, body } = await list({ ...asked, perPage: 100, ...more });
    expect(status, JSON.stringify(body)).toBe(200);
    return (body as { results: { traceId: string }[] }).results.map(({ traceId }) => traceId);
  };

  test('answers the documented example in its shape', async () => {
    // As documented, with our times and route.
    const example = {
      ...asked,
      environment: 'production',
      statusCode: 'ERROR',
      attributes: [
        { key: 'http.route', value: '/orders', operator: 'EQ', type: 'string' },
        { key: 'http.response.status_code', value: '500', operator: 'EQ', type: 'int' },
      ],
      perPage: 100,
      order: { column: 'LATENCY', direction: 'DESC' },
    };
    const documented = {
      results: [
        {
          traceId: '550e8400e29b41d4a716446655440000',
          serviceName: 'shoppingcart',
          serviceNamespace: 'shop',
          environment: 'production',
          title: 'GET /api/users',
          traceStartAt: 1718802000,
          traceLatencyMillis: 1234,
          serviceStartAt: 1718802100,
          serviceLatencyMillis: 567,
        },
      ],
      hasNextPage: true,
    };
    const { status, body } = await list(example);
    expect(status).toBe(200);
    expect(shapeOf(body)).toEqual(shapeOf(documented));
    expect(await ids(example)).toEqual(shop.failedOrders);
    const row = {
      title: 'POST /api/orders',
      traceStartAt: from + 321,
      traceLatencyMillis: 300,
      serviceStartAt: from + 321,
      serviceLatencyMillis: 280,
    };
    expect((await list(example)).body).toMatchObject({ results: [row, {}, {}, {}, {}], hasNextPage: false });
  });

  test('gives the newest first, by pages of 20 without other wishes', async () => {
    expect(await ids({})).toEqual(shop.orders.toReversed());
    const { body } = await list(asked);
    expect(body).toMatchObject({ hasNextPage: true, results: { length: 20 } });
    expect(await ids({ perPage: 20, page: 2 })).toEqual(shop.orders.toReversed().slice(20));
    expect(await ids({ order: { direction: 'ASC' } })).toEqual(shop.orders);
  });

  test('without a namespace, means services without one', async () => {
    expect((await list({ serviceName: 'checkout', from, to })).body).toEqual({ results: [], hasNextPage: false });
  });

  test('takes every documented condition', async () => {
    const [failed = ''] = shop.failedOrders;
    expect(await ids({ traceId: failed })).toEqual([failed]);
    expect(await ids({ spanName: 'POST /orders', statusCode: 'ERROR' })).toHaveLength(5);
    expect(await ids({ version: '1.9.0' })).toHaveLength(20);
    expect(await ids({ statusCode: 'OK' })).toEqual([]);
    expect(await ids({ minLatencyMillis: 301 })).toEqual([shop.orders[4]]);
    expect(await ids({ maxLatencyMillis: 300 })).toHaveLength(39);
    expect(await ids(attribute('http.response.status_code', 'GTE', '500', 'int'))).toHaveLength(5);
    expect(await ids(attribute('http.response.status_code', 'LT', '500.5', 'double'))).toHaveLength(40);
    expect(await ids(attribute('shop.order.first', 'EQ', 'true', 'bool'))).toEqual([shop.orders[21]]);
    expect(await ids(attribute('shop.order.code', 'STARTS_WITH', 'code-1', 'string'))).toHaveLength(11);
    expect(await ids(attribute('shop.customer.country', 'NEQ', 'DE', 'string'))).toHaveLength(30);
    const version = { key: 'service.version', operator: 'EQ', value: '1.10.0', type: 'string' };
    expect(await ids({ resourceAttributes: [version] })).toHaveLength(20);
    expect(await ids({ resourceAttributes: [{ ...version, key: `x' OR '1'='1` }] })).toEqual([]);
  });

  test('refuses what is missing, unknown or of another type', async () => {
    expect(await list({ from, to })).toEqual(refused(/serviceName/));
    expect(await list({ ...asked, from: String(from) })).toEqual(refused(/from/));
    expect(await list({ ...asked, to: from })).toEqual(refused(/before/));
    expect(await list({ ...asked, service: 'a' })).toEqual(refused(/service/));
    expect(await list({ ...asked, traceId: 'a' })).toEqual(refused(/traceId/));
    expect(await list({ ...asked, statusCode: 'UNSET' })).toEqual(refused(/statusCode/));
    expect(await list({ ...asked, perPage: 101 })).toEqual(refused(/perPage/));
    // In an example of the documentation, and not in its table of operators.
    const contains = { key: 'a', value: 'b', operator: 'CONTAINS', type: 'string' };
    expect(await list({ ...asked, attributes: [contains] })).toEqual(refused(/operator/));
    expect(await list({ ...asked, issueFingerprint: 'a' })).toEqual(refused(/issue/));
    expect(await list('{')).toEqual(refused(/JSON/));
  });
});

describe('GET /api/v0/traces/<traceId>', () => {
  test('answers in the documented shape', async () => {
    const attributes = [{ key: 'http.route', value: { valueType: 'string', stringValue: '/' } }];
    const documented = {
      traceId: '0123456789abcdef0123456789abcdef',
      spanId: '0123456789abcdef',
      traceState: '',
      parentSpanId: '0123456789abcdef',
      name: 'test-span',
      kind: 'internal',
      startTime: '2025-07-09T14:03:02.000Z',
      endTime: '2025-07-09T14:03:02.000Z',
      attributes,
      droppedAttributesCount: 0,
      events: [{ time: '2025-07-09T14:03:02.000Z', name: 'exception', attributes, droppedAttributesCount: 0 }],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { message: '', code: 'ok' },
      resource: { attributes, droppedAttributesCount: 0 },
      scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0 },
    };
    const { status, body } = await get(`/api/v0/traces/${shop.failedOrders[0]}`);
    expect(status).toBe(200);
    const { spans } = body as { spans: Record<string, unknown>[] };
    expect(shapeOf(spans[2])).toEqual(shapeOf(documented));
    expect(spans[0]).not.toHaveProperty('parentSpanId');
    expect(spans[2]).toMatchObject({
      kind: 'server',
      startTime: new Date(shop.window.from + 321_000).toISOString(),
      endTime: new Date(shop.window.from + 321_280).toISOString(),
      status: { code: 'error', message: typeError.message },
    });
    expect(spans[2]?.['attributes']).toContainEqual({
      key: 'http.response.status_code',
      value: { valueType: 'int', intValue: 500 },
    });
    expect(spans[2]?.['attributes']).toContainEqual({
      key: 'shop.order.first',
      value: { valueType: 'bool', boolValue: true },
    });
  });

  test('says 404 of a trace that is not there, and 400 of what is no id', async () => {
    expect((await get(`/api/v0/traces/${'f'.repeat(32)}`)).status).toBe(404);
    expect((await get('/api/v0/traces/nonsense')).status).toBe(400);
  });
});

test('GET /api/v0/org names the organisation', async () => {
  const { status, body } = await get('/api/v0/org');
  expect({ status, body: shapeOf(body) }).toEqual({ status: 200, body: { name: 'string', displayName: 'string' } });
});

test('everything else is answered with an error in Mackerel’s form', async () => {
  for (const path of ['/', '/api/v0/services', '/api/v0/traces']) {
    const { status, body } = await get(path);
    expect({ status, body }).toEqual({ status: 404, body: { error: { message: expect.any(String) } } });
  }
  expect(mackerelPaths).toHaveLength(5);
});

test('a broken store is an error, never an empty answer', async () => {
  const broken = await openTelemetryStore();
  await broken.close();
  const other = createServer(mackerelApi(broken));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/api/v0/apm/http-server-stats?serviceName=a&from=1&to=2`);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: { message: expect.stringContaining('closed') } });
  other.closeAllConnections();
  other.close();
});
