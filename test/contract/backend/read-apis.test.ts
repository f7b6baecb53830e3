import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReadApis, serveReadApis } from '../../../orchestrator/backends/embedded/serve/server.ts';
import { jaeger } from '../../../orchestrator/backends/jaeger/adapter.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Tap } from '../../../orchestrator/telemetry/tap.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { callJaeger } from '../../support/jaeger-calls.ts';
import { knownShop } from '../../support/known-shop.ts';
import { deliver, Ids, type SpanInput, tracesRequest } from '../../support/otlp-data.ts';

const shop = knownShop();
let store: TelemetryStore;
let tap: Tap;
let apis: ReadApis;

beforeAll(async () => {
  store = await openTelemetryStore();
  tap = await startTap({ store });
  apis = await serveReadApis(store, 0);
  await deliver(tap.endpoint, '/v1/traces', tracesRequest(shop.spans));
});

afterAll(async () => {
  await apis?.close();
  await tap?.close();
  await store?.close();
});

backendContract('jaeger', async () => {
  const settings = jaeger.settings.parse({ url: apis.url });
  return { backend: jaeger.open(settings, { name: 'jaeger', store }), shop };
});

async function get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const answer = await fetch(`${apis.url}${path}?${new URLSearchParams(query).toString()}`);
  return JSON.parse(await answer.text());
}

describe('as Jaeger from 2.19 on', () => {
  const { from, to } = shop.window;
  const times = {
    'query.startTimeMin': new Date(from).toISOString(),
    'query.startTimeMax': new Date(to).toISOString(),
  };
  const ofCheckout = { ...times, 'query.serviceName': 'checkout' };

  async function found(attributes: object): Promise<number> {
    const query = { ...ofCheckout, 'query.attributes': JSON.stringify(attributes) };
    const { result } = (await get('/api/v3/traces', query)) as {
      result?: { resourceSpans: { scopeSpans: object[] }[] };
    };
    const text = JSON.stringify(result ?? {});
    return new Set(text.match(/"traceId":"\w+"/g)).size;
  }

  test.each([
    [{ error: 'true' }, 7],
    // A span that nobody called ok is not.
    [{ error: 'false' }, 0],
    [{ error: 'perhaps' }, 0],
    [{ 'span.status': 'ERROR' }, 7],
    [{ 'span.status': 'unset' }, 35],
    [{ 'span.kind': 'producer' }, 1],
    [{ 'span.kind': 'consumer' }, 0],
    [{ 'resource.service.version': '1.9.0' }, 20],
    [{ 'service.version': '1.9.0', error: 'true' }, 2],
    [{ 'exception.type': 'TypeError' }, 5],
    [{ 'shop.order.first': 'true' }, 1],
    [{ 'http.response.status_code': '500' }, 5],
    [{ 'shop.order.id': "order-1' OR true --" }, 0],
    [{ 'a"b~/\\$[*]': 'x' }, 0],
    [{ 'scope.name': 'any' }, 0],
  ])('finds by %o %i', async (attributes, count) => {
    expect(await found(attributes)).toBe(count);
  });

  test('understands the names of now, and those before', async () => {
    const query = { ...ofCheckout, 'query.operationName': 'POST /orders', 'query.durationMin': '280ms' };
    const answer = await get('/api/v3/traces', { ...query, 'query.searchDepth': '3' });
    expect(JSON.stringify(answer).match(/"name":"POST \/orders"/g)).toHaveLength(3);
    expect(await get('/api/v3/operations', { service: 'payment', spanKind: 'client' })).toEqual({
      operations: [{ name: 'GET', spanKind: 'client' }],
    });
    expect(await get('/api/v3/traces', { 'query.serviceName': 'checkout' })).toEqual({
      error: { httpCode: 400, message: 'query.startTimeMin and query.startTimeMax are required' },
    });
  });

  test('sums up traces', async () => {
    const query = { ...ofCheckout, 'query.attributes': '{"exception.type":"TypeError"}' };
    const { summaries } = (await get('/api/v3/trace-summaries', query)) as { summaries: object[] };
    expect(summaries).toHaveLength(5);
    expect(summaries.at(-1)).toEqual({
      traceId: shop.failedOrders[0],
      rootServiceName: 'storefront',
      rootOperationName: 'POST /api/orders',
      minStartTimeUnixNano: `${from + 321_000}000000`,
      maxEndTimeUnixNano: `${from + 321_300}000000`,
      spanCount: 3,
      errorSpanCount: 3,
      services: [
        { name: 'checkout', spanCount: 1, errorSpanCount: 1 },
        { name: 'storefront', spanCount: 2, errorSpanCount: 2 },
      ],
    });
    expect(await get('/api/v3/trace-summaries', { ...times, 'query.serviceName': 'nobody' })).toEqual({});
  });

  test('sorts attributes by name, unless they are wanted as they were sent', async () => {
    const [first] = shop.failedOrders;
    const names = async (query: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const text = JSON.stringify(await get(`/api/traces/${first}`, query));
      return [...(/"tags":\[(.*?)\]/.exec(text)?.[1]?.matchAll(/"key":"([^"]+)"/g) ?? [])].map(([, name = '']) => name);
    };
    const sorted = await names({});
    expect(sorted).toEqual(sorted.toSorted());
    const sent = await names({ raw: 'true' });
    expect(sent).not.toEqual(sorted);
    expect(sent.toSorted()).toEqual(sorted);
  });
});

test('only what reads is allowed, and no other page may', async () => {
  for (const [method, path, allow] of [
    ['POST', '/api/traces', 'GET'],
    ['DELETE', '/api/v3/traces/1', 'GET'],
    ['GET', '/api/v0/traces', 'POST'],
    ['PUT', '/', 'GET'],
  ] as const) {
    const answer = await fetch(`${apis.url}${path}`, { method, headers: { origin: 'http://example.com' } });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(await answer.text()).toBe(`${path} takes ${allow} only\n`);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('says what is there, also where nothing is', async () => {
  const overview = await (await fetch(apis.url)).text();
  for (const path of ['GET /api/traces/<traceId>', 'POST /api/v0/traces']) expect(overview).toContain(path);
  const elsewhere = await fetch(`${apis.url}/search`);
  expect(elsewhere.status).toBe(404);
  expect(await elsewhere.text()).toContain(overview);
  expect(await callJaeger(apis.url, { name: '', path: '/api/metrics/calls' })).toMatchObject({
    status: 404,
    body: { data: null, errors: [{ code: 404 }] },
  });
  const mackerel = await fetch(`${apis.url}/api/v0/services`);
  expect(mackerel.status).toBe(404);
});

test('a request for no path at all does no harm', async () => {
  const { hostname, port } = new URL(apis.url);
  for (const path of ['//', '/api/traces/%zz', '/api/services/%zz/operations', '/?a=%zz', '*']) {
    const status = await new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode));
      asked.on('error', reject).end();
    });
    expect([200, 400, 404]).toContain(status);
  }
});

test('a port that is taken is the environment', async () => {
  const port = Number(new URL(apis.url).port);
  await expect(serveReadApis(store, port)).rejects.toMatchObject({ code: 'read-apis-cannot-listen', exitCode: 3 });
});

describe('a trace of 30 000 spans', () => {
  const ids = new Ids(0x4000_0000);
  const traceId = ids.trace();
  const startMs = shop.window.to + 3_600_000;

  beforeAll(async () => {
    for (let part = 0; part < 6; part += 1) {
      const spans = Array.from({ length: 5000 }, (_, index): SpanInput => {
        const attributes = { 'db.query.text': 'SELECT 1', index, part, text: 'x'.repeat(200) };
        return { service: 'batch', traceId, spanId: ids.span(), startMs: startMs + index, durationMs: 1, attributes };
      });
      await deliver(tap.endpoint, '/v1/traces', tracesRequest(spans));
    }
  });

  test.each(['/api/traces', '/api/v3/traces'])('%s gives it whole, and lets others have a turn', async (path) => {
    let turns = 0;
    const others = setInterval(() => (turns += 1), 1);
    const answer = await fetch(`${apis.url}${path}/${traceId}`);
    const text = await answer.text();
    clearInterval(others);
    const spanIds = new Set(text.match(/"span(?:ID|Id)":"\w+"/g));
    expect(spanIds.size).toBe(30_000);
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect(turns).toBeGreaterThan(30);
  });

  test('is given up when nobody reads on', async () => {
    const gone = new AbortController();
    const answer = await fetch(`${apis.url}/api/traces/${traceId}`, { signal: gone.signal });
    await answer.body?.getReader().read();
    gone.abort();
    await sleep(20);
    expect((await callJaeger(apis.url, { name: '', path: '/api/services' })).status).toBe(200);
  });

  test('is cut, and not shortened, when the store breaks in the middle', async () => {
    const broken: TelemetryStore = Object.create(store, {
      query: {
        value: (sql: string, params: Parameters<TelemetryStore['query']>[1]) =>
          sql.includes('OFFSET 5000') ? Promise.reject(new Error('the disk is full')) : store.query(sql, params),
      },
    });
    const other = await serveReadApis(broken, 0);
    const answer = await fetch(`${other.url}/api/traces/${traceId}`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await other.close();
  });

  test('that cannot be looked up is a failure, and no empty answer', async () => {
    const broken: TelemetryStore = Object.create(store, {
      query: { value: () => Promise.reject(new Error('the disk is full')) },
    });
    const other = await serveReadApis(broken, 0);
    expect(await callJaeger(other.url, { name: '', path: '/api/services' })).toMatchObject({
      status: 500,
      body: { data: null, errors: [{ code: 500, msg: 'the disk is full' }] },
    });
    expect(await callJaeger(other.url, { name: '', path: '/api/v3/services' })).toEqual({
      status: 500,
      body: { error: { httpCode: 500, message: 'the disk is full' } },
    });
    await other.close();
  });
});
