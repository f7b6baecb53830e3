import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { mackerel } from '../../../orchestrator/backends/mackerel/adapter.ts';
import { Secret } from '../../../orchestrator/backends/secret.ts';
import { createForwarder } from '../../../orchestrator/telemetry/forward/create-forwarder.ts';
import { readRequest, writeRequest } from '../../../orchestrator/telemetry/forward/transcode.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { knownShop } from '../../support/known-shop.ts';
import { type MackerelStandIn, startMackerelStandIn, type StandInOptions } from '../../support/mackerel-stand-in.ts';
import { deliver, logsRequest, type SpanInput, tracesRequest } from '../../support/otlp-data.ts';

const readKey = 'read-key-9f2c';
const writeKey = 'write-key-77ab';
const keys = { [readKey]: ['read'], [writeKey]: ['write'] } as const;
const ofShop = { 'service.namespace': 'shop', 'deployment.environment.name': 'production' };

let store: TelemetryStore;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  store = await openTelemetryStore();
});

afterAll(async () => {
  for (const undo of cleanUp.toReversed()) await undo();
  await store.close();
});

/** Settings as the reader of showrunner.yaml would give them, which checks them. */
function settingsFor(url: string, more: object = {}): unknown {
  const limits = { askEveryMs: 3, traceEveryMs: 0 };
  const secrets = { apiKey: new Secret(readKey), writeKey: new Secret(writeKey) };
  return mackerel.settings.parse({ ...secrets, url, otlp: url, delayMs: 0, limits, ...more });
}

async function standIn(options: StandInOptions = {}): Promise<MackerelStandIn> {
  const started = await startMackerelStandIn({ keys, everyMs: 2, ...options });
  cleanUp.push(() => started.close());
  return started;
}

function open(url: string, more: object = {}): Backend {
  const backend = mackerel.open(settingsFor(url, more), { name: 'mackerel', store });
  cleanUp.push(() => backend.close());
  return backend;
}

/** The way that telemetry takes in a run: the shop, the tap, the forwarder, Mackerel. */
async function send(url: string, spans: readonly SpanInput[], more: object = {}): Promise<void> {
  const destination = mackerel.destination(settingsFor(url, more));
  if (!destination) throw new Error('nothing is sent to Mackerel');
  const forwarder = createForwarder({ name: 'mackerel', destination });
  const tapped = await openTelemetryStore();
  const tap = await startTap({ store: tapped, onAccepted: (accepted) => forwarder.take(accepted) });
  // In small batches and children first, as exporters of several services send them.
  const reversed = spans.toReversed();
  for (let at = 0; at < spans.length; at += 100) {
    const part = reversed.slice(at, at + 100).map((span) => ({ ...span, resource: { ...ofShop, ...span.resource } }));
    await deliver(tap.endpoint, '/v1/traces', tracesRequest(part));
  }
  await deliver(
    tap.endpoint,
    '/v1/logs',
    logsRequest([{ service: 'cart', timeMs: Date.now(), severity: 9, body: 'a' }]),
  );
  await tap.close();
  await forwarder.close();
  await tapped.close();
  expect(forwarder.counts()).toMatchObject({ delivered: spans.length + 1, dropped: 0, waiting: 0 });
}

/** Of one service, a second apart, long ago. */
function requests(count: number, startMs: number, more: Partial<SpanInput> = {}): readonly SpanInput[] {
  return Array.from({ length: count }, (_, index) => ({
    service: 'catalog',
    version: '2.4.0',
    traceId: (startMs + index).toString(16).padStart(32, 'c'),
    spanId: (startMs + index).toString(16).padStart(16, 'c'),
    kind: 'server',
    startMs: startMs + index * 1000,
    durationMs: 10,
    attributes: { 'http.request.method': 'GET', 'http.route': '/products', 'http.response.status_code': 200 },
    ...more,
  }));
}

const shop = knownShop();

describe('against a stand-in of Mackerel', () => {
  let backend: Backend;

  beforeAll(async () => {
    const mackerelLike = await standIn();
    await send(mackerelLike.url, shop.spans);
    // Not of this shop, though of the same names: another namespace, another environment.
    const strangers = shop.spans.map((span) => ({
      ...span,
      traceId: span.traceId.replaceAll('a', 'd'),
      resource: { ...ofShop, 'service.namespace': 'other' },
    }));
    await send(mackerelLike.url, strangers.slice(0, 50));
    const staging = strangers.map((span) => ({
      ...span,
      traceId: span.traceId.replaceAll('d', 'e'),
      resource: { ...ofShop, 'deployment.environment.name': 'staging' },
    }));
    await send(mackerelLike.url, staging.slice(0, 50));
    backend = open(mackerelLike.url);
  });

  backendContract('mackerel', async () => ({ backend, shop }));

  test('its version says that it is a stand-in', async () => {
    expect(await backend.version()).toContain('stand-in');
  });
});

describe('what Mackerel’s limits make of it', () => {
  const longAgo = Date.UTC(2026, 2, 1);

  test('one request a second of each endpoint, whoever asks, and nothing twice', async () => {
    const { url, requests: seen } = await standIn({ everyMs: 1000 });
    await send(url, shop.spans);
    const backend = open(url, { limits: { traceEveryMs: 0 } });
    const route = { service: 'checkout', route: 'POST /orders' };
    const answers = await Promise.all([
      backend.endpoints(shop.window, route),
      backend.endpoints(shop.window, route),
      backend.endpoints(shop.window, { service: 'payment' }),
      backend.queries(shop.window, { service: 'catalog' }),
      backend.traces(shop.window, { ...route, error: true, limit: 5 }),
      backend.traces(shop.window, { ...route, error: true, limit: 2 }),
    ]);
    expect(answers.map(({ length }) => length)).toEqual([1, 1, 1, 2, 5, 2]);
    expect(await backend.endpoints(shop.window, route)).toEqual(answers[0]);
    const reads = seen.filter(({ what }) => what.includes('/api/'));
    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
    const perEndpoint = Map.groupBy(reads, ({ what }) => what);
    expect(perEndpoint.get('GET /api/v0/apm/http-server-stats')).toHaveLength(2);
    expect(perEndpoint.get('GET /api/v0/apm/db-query-stats')).toHaveLength(1);
    expect(perEndpoint.get('POST /api/v0/traces')).toHaveLength(2);
    // The five failed orders and a failure that began just before the window.
    const fetched = [...perEndpoint.keys()].filter((what) => what.startsWith('GET /api/v0/traces/'));
    expect(fetched.map((what) => perEndpoint.get(what)?.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a pause that it asks for is waited, and the answer is not less for it', async () => {
    const { url, requests: seen } = await standIn({ everyMs: 1000, retryAfter: 1 });
    await send(url, shop.spans);
    const backend = open(url);
    const stats = await backend.endpoints(shop.window, {});
    expect(stats.reduce((sum, { count }) => sum + count, 0)).toBe(317);
    expect(seen.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  test('spans that are not shown yet are none, and are there after the delay', async () => {
    const { url } = await standIn({ delayMs: 600 });
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 20_000;
    await send(url, requests(5, startMs));
    const backend = open(url);
    const window = { from: startMs, to: startMs + 10_000 };
    expect(await backend.endpoints(window, { service: 'catalog' })).toEqual([]);
    await vi.waitFor(
      async () => expect(await backend.endpoints(window, { service: 'catalog' })).toMatchObject([{ count: 5 }]),
      { timeout: 5000 },
    );
  });

  test('a span that comes late is in the next answer, though its trace is known already', async () => {
    const { url } = await standIn();
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 20_000;
    const [first, later] = requests(2, startMs);
    if (!first || !later) throw new Error('no requests');
    await send(url, [first]);
    const backend = open(url);
    const window = { from: startMs, to: startMs + 10_000 };
    const lengths = async (): Promise<readonly number[]> =>
      (await backend.traces(window, { service: 'catalog', limit: 5 })).map(({ spans }) => spans.length);
    expect(await lengths()).toEqual([1]);
    await send(url, [{ ...later, traceId: first.traceId, parentSpanId: first.spanId }]);
    expect(await lengths()).toEqual([2]);
  });

  test('hours are asked by the half hour: counts add up, the average is weighted, the p95 is the highest', async () => {
    const { url } = await standIn();
    await send(url, [...requests(90, longAgo), ...requests(10, longAgo + 3_000_000, { durationMs: 110 })]);
    const backend = open(url);
    const window = { from: longAgo, to: longAgo + 5_400_000 };
    expect(await backend.endpoints(window, { service: 'catalog' })).toEqual([
      {
        service: 'catalog',
        method: 'GET',
        route: '/products',
        count: 100,
        errorCount: 0,
        avgMs: expect.closeTo(20, 6),
        p95Ms: expect.closeTo(110, 6),
      },
    ]);
  });

  test('a window is cut to the whole seconds inside it; traces are told by the millisecond', async () => {
    const { url } = await standIn();
    await send(url, requests(10, longAgo));
    const backend = open(url);
    const count = async (from: number, to: number): Promise<number | undefined> =>
      (await backend.endpoints({ from: longAgo + from, to: longAgo + to }, { service: 'catalog' }))[0]?.count;
    expect(await count(0, 10_000)).toBe(10);
    expect(await count(1, 9999)).toBe(8);
    await expect(count(1, 999)).rejects.toMatchObject({ code: 'backend-rejected' });
    const asked = { service: 'catalog', limit: 100 };
    expect(await backend.traces({ from: longAgo + 999, to: longAgo + 3001 }, asked)).toHaveLength(3);
    expect(await backend.traces({ from: longAgo + 1000, to: longAgo + 3000 }, asked)).toHaveLength(2);
  });

  test('a release without a name keeps releases from being told apart', async () => {
    const { url } = await standIn();
    const nameless = requests(3, longAgo + 60_000).map(({ version: _version, ...span }) => span);
    await send(url, [...requests(3, longAgo), ...nameless]);
    const backend = open(url);
    const asked = { service: 'catalog', byVersion: true };
    expect(await backend.endpoints({ from: longAgo, to: longAgo + 30_000 }, asked)).toMatchObject([
      { version: '2.4.0', count: 3 },
    ]);
    await expect(backend.endpoints({ from: longAgo, to: longAgo + 90_000 }, asked)).rejects.toMatchObject({
      code: 'backend-nonsense',
      message: expect.stringContaining('6 of 6 requests'),
    });
  });

  test('what needs more traces than may be read has no answer, rather than a part of it', async () => {
    const { url } = await standIn();
    await send(url, shop.spans);
    const backend = open(url, { limits: { askEveryMs: 3, traceEveryMs: 0, maxTraces: 30 } });
    await expect(backend.traces(shop.window, { service: 'catalog', error: false, limit: 50 })).rejects.toMatchObject({
      code: 'backend-too-much',
    });
    expect(await backend.errors(shop.window, {})).toMatchObject([{ count: 5 }]);
  });

  test('calls in more traces than may be read are estimated', async () => {
    const { url } = await standIn();
    await send(url, shop.spans);
    const exact = await open(url).dependencies(shop.window);
    const backend = open(url, { limits: { askEveryMs: 3, traceEveryMs: 0, maxTraces: 140 } });
    const estimated = await backend.dependencies(shop.window);
    const named = (edges: typeof exact, from: string, callee: string) =>
      edges.find((edge) => edge.from === from && edge.to === callee);
    expect(named(estimated, 'payment', 'bank')).toMatchObject({ kind: 'external', count: 35, errorCount: 0 });
    expect(named(estimated, 'checkout', 'payment')?.count).toBeCloseTo(35, -1);
    expect(named(estimated, 'checkout', 'payment')).toMatchObject({
      avgMs: named(exact, 'checkout', 'payment')?.avgMs,
    });
    const { count } = named(estimated, 'storefront', 'catalog') ?? { count: 0 };
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThan(140);
    // Nothing says how much a service does that serves no requests and makes no queries.
    const queue = requests(30, longAgo, {
      service: 'fulfilment',
      kind: 'consumer',
      attributes: { 'peer.service': 'a' },
    });
    const calls = queue.map((span) => ({ ...span, kind: 'client' as const, spanId: span.spanId.replace('c', 'b') }));
    const work = requests(250, longAgo + 600_000, {
      service: 'fulfilment',
      kind: 'client',
      attributes: { 'db.namespace': 'shop', 'db.query.text': 'SELECT 1' },
    });
    await send(url, [...queue, ...calls, ...work]);
    const worker = await backend.dependencies({ from: longAgo + 600_000, to: longAgo + 900_000 });
    expect(worker).toMatchObject([{ from: 'fulfilment', to: 'shop', kind: 'database', count: 250 }]);
    const little = open(url, { limits: { askEveryMs: 3, traceEveryMs: 0, maxTraces: 10 } });
    await expect(little.dependencies({ from: longAgo, to: longAgo + 60_000 })).rejects.toMatchObject({
      code: 'backend-too-much',
    });
  });

  test('a tendency of more requests is estimated from samples of both, by how many there are', async () => {
    const { url } = await standIn();
    await send(url, shop.spans);
    const backend = open(url, { limits: { askEveryMs: 3, traceEveryMs: 0, maxTraces: 24 } });
    const question = { service: 'checkout', route: 'POST /orders' };
    const rows = await backend.tendency(shop.window, { ...question, bad: { error: true } });
    const country = rows.find(({ attribute }) => attribute === 'shop.customer.country');
    expect(country).toMatchObject({ value: 'DE', badCount: 5, badShare: 1 });
    // Truly 5 of 35 good ones and a lift of 4.
    expect(country?.goodCount).toBeLessThanOrEqual(12);
    expect(country?.lift).toBeGreaterThan(2);
    const slow = await backend.tendency(shop.window, { service: 'catalog', bad: { slowerThanMs: 80 } });
    expect(slow).toMatchObject([{ attribute: 'service.version', value: '2.5.0', badShare: 1 }]);
    expect(slow[0]?.badCount).toBe(21);
  });
});

describe('what keeps Mackerel from answering has a name', () => {
  const window = { from: 0, to: 60_000 };
  const everything = (backend: Backend): readonly Promise<unknown>[] => [
    backend.version(),
    backend.endpoints(window, {}),
    backend.queries(window, {}),
    backend.traces(window, { limit: 3 }),
    backend.trace('a'.repeat(32)),
    backend.errors(window, {}),
    backend.dependencies(window),
    backend.tendency(window, { service: 'cart', bad: { error: true } }),
  ];

  async function codesOf(backend: Backend): Promise<unknown> {
    const outcomes = await Promise.allSettled(everything(backend));
    return [...new Set(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'answered')))];
  }

  test('an unknown key, and one that may only write', async () => {
    const { url } = await standIn();
    expect(await codesOf(open(url, { apiKey: new Secret('unknown-key-31') }))).toEqual(['backend-unauthorised']);
    expect(await codesOf(open(url, { apiKey: new Secret(writeKey) }))).toEqual(['backend-forbidden']);
  });

  test('nobody there, or somebody else', async () => {
    const { url, close } = await startMackerelStandIn();
    await close();
    expect(await codesOf(open(url))).toEqual(['backend-unreachable']);
    const other = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end('{}'),
    );
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await codesOf(open(`http://127.0.0.1:${port}`))).toEqual(['backend-nonsense']);
    other.removeAllListeners('request').on('request', (_request, response) => response.writeHead(404).end('no page'));
    expect(await codesOf(open(`http://127.0.0.1:${port}`))).toEqual(['backend-not-found', 'backend-nonsense']);
    other.closeAllConnections();
    other.close();
  });

  test('a trace that is listed and cannot be had', async () => {
    const row = {
      traceId: 'a'.repeat(32),
      traceStartAt: 1,
      traceLatencyMillis: 5,
      serviceStartAt: 1,
      serviceLatencyMillis: 5,
    };
    const forgetful = createServer(({ method }, response) => {
      response.statusCode = method === 'POST' ? 200 : 404;
      response.end(JSON.stringify(method === 'POST' ? { results: [row], hasNextPage: false } : { error: {} }));
    });
    forgetful.listen(0, '127.0.0.1');
    await once(forgetful, 'listening');
    const backend = open(`http://127.0.0.1:${(forgetful.address() as AddressInfo).port}`);
    expect(await backend.trace(row.traceId)).toBeUndefined();
    for (const answer of [
      backend.traces(window, { limit: 1 }),
      backend.errors(window, {}),
      backend.dependencies(window),
    ]) {
      await expect(answer).rejects.toMatchObject({
        code: 'backend-nonsense',
        message: expect.stringContaining('lists'),
      });
    }
    forgetful.closeAllConnections();
    forgetful.close();
  });

  test('what its API cannot be asked', async () => {
    const { url } = await standIn();
    const backend = open(url);
    await expect(backend.logs(window, { limit: 1 })).rejects.toMatchObject({ code: 'backend-rejected' });
    await expect(backend.metrics(window, { name: 'a' })).rejects.toThrow('gRPC');
  });

  test('no key is in an error, a link, JSON or what is inspected', async () => {
    const { url } = await standIn();
    const settings = settingsFor(url, { apiKey: new Secret('unknown-key-31') });
    const backend = mackerel.open(settings, { name: 'mackerel', store });
    const outcomes = await Promise.allSettled(everything(backend));
    const link = backend.link({ of: 'trace', traceId: 'a' }, window);
    const said = [
      ...outcomes.map((outcome) => inspect(outcome, { depth: Infinity, showHidden: true, getters: true })),
      ...outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.stack) : '')),
      inspect([backend, settings, mackerel.destination(settings)], { depth: Infinity, showHidden: true }),
      JSON.stringify([backend, settings, mackerel.destination(settings), outcomes]),
      String(link),
    ].join('\n');
    for (const key of ['unknown-key-31', writeKey, readKey]) expect(said).not.toContain(key);
    expect(said).toContain('[secret]');
    await backend.close();
  });
});

/** A request to the receiver that it takes, but for `headers`. */
function request(headers: Record<string, string>, body: Uint8Array = new Uint8Array()) {
  return {
    method: 'POST',
    headers: { 'mackerel-api-key': writeKey, 'content-type': 'application/x-protobuf', accept: '*/*', ...headers },
    body: Uint8Array.from(body),
  };
}

function protobufOf(spans: readonly SpanInput[]): Uint8Array {
  const json = Buffer.from(JSON.stringify(tracesRequest(spans)));
  return writeRequest('traces', 'protobuf', readRequest('traces', 'json', json));
}

describe('the stand-in’s receiver', () => {
  test('takes Protobuf with the write key and Accept: */* only, below 6 MB', async () => {
    const { url } = await standIn();
    const status = async (...args: Parameters<typeof request>): Promise<number> =>
      (await fetch(`${url}/v1/traces`, request(...args))).status;
    expect(await status({}, protobufOf(shop.spans.slice(0, 3)))).toBe(200);
    expect(await status({ 'mackerel-api-key': 'unknown' })).toBe(401);
    expect(await status({ 'mackerel-api-key': readKey })).toBe(403);
    expect(await status({ accept: 'application/json' })).toBe(406);
    expect(await status({ 'content-type': 'application/json' }, Buffer.from('{}'))).toBe(415);
    expect(await status({}, Buffer.alloc(6_000_000))).toBe(413);
    expect((await fetch(`${url}/v1/metrics`, request({}))).status).toBe(404);
  });

  test('refuses spans beyond the quota with 429', async () => {
    const { url } = await standIn({ quota: 100 });
    const post = async (count: number) => {
      const response = await fetch(`${url}/v1/traces`, request({}, protobufOf(shop.spans.slice(0, count))));
      return response.status;
    };
    expect([await post(90), await post(11), await post(10), await post(1)]).toEqual([200, 429, 200, 429]);
  });
});
