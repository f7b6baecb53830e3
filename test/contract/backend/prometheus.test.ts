import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, Window } from '../../../orchestrator/backends/backend.ts';
import { NoAnswer } from '../../../orchestrator/backends/http.ts';
import { prometheus } from '../../../orchestrator/backends/prometheus/adapter.ts';
import { ownDelayMs } from '../../../orchestrator/backends/prometheus/programs.ts';
import { type PrometheusSettings, prometheusSettings } from '../../../orchestrator/backends/prometheus/settings.ts';
import type { Program } from '../../../orchestrator/backends/program.ts';
import { openTelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { type BackendSubject, backendContract } from '../../support/backend-contract.ts';
import { type KnownShop, knownShop, listingQuery, orderQuery, reviewQuery } from '../../support/known-shop.ts';
import { type MetricInput, metricsRequest, post, type SpanInput, tracesRequest } from '../../support/otlp-data.ts';
import { binaryOf, type RunningProgram, startProgram } from '../../support/program.ts';

const binaries: Readonly<Record<string, string | undefined>> = {
  jaeger: binaryOf('jaeger'),
  prometheus: binaryOf('prometheus'),
};
const runs = binaries['jaeger'] !== undefined && binaries['prometheus'] !== undefined;

const running: RunningProgram[] = [];
let settings: PrometheusSettings;
let subject: BackendSubject;

/** The programs in order, each from its own binary. */
async function startAll(programs: readonly Program[]): Promise<Record<string, RunningProgram>> {
  const started: Record<string, RunningProgram> = {};
  for (const program of programs) {
    const one = await startProgram(program, binaries[program.name] ?? '', started);
    running.push(one);
    started[program.name] = one;
  }
  return started;
}

async function backendOf(of: PrometheusSettings): Promise<Backend> {
  const store = await openTelemetryStore();
  await store.close();
  return prometheus.open(of, { name: 'prometheus', store });
}

/**
 * The known shop as counters see it: all spans are counted when they arrive, so the window is around their sending. What is just outside of its own window
 * cannot be told apart then, and is not sent. Its metrics have times, which are moved into the window.
 */
function liveShop({ from, to }: Window): KnownShop {
  const known = knownShop();
  const inside = ({ startMs }: SpanInput): boolean => startMs >= known.window.from && startMs < known.window.to;
  const moved = (point: MetricInput): MetricInput => ({
    ...point,
    timeMs: point.timeMs === known.window.to ? to : point.timeMs - known.window.from + from,
  });
  return { ...known, window: { from, to }, spans: known.spans.filter(inside), metrics: known.metrics.map(moved) };
}

/** A window that has what is sent now: counters are read half a delay after its ends. */
function windowOfNow(): Window {
  const from = Math.ceil(Date.now() - ownDelayMs / 2);
  return { from, to: from + 6000 };
}

async function untilReadable({ to }: Window): Promise<void> {
  await sleep(to + ownDelayMs - Date.now());
}

async function sendSpans(spans: readonly SpanInput[]): Promise<void> {
  for (let at = 0; at < spans.length; at += 100) {
    const answer = await post(settings.otlp?.traces ?? '', '/v1/traces', tracesRequest(spans.slice(at, at + 100)));
    expect(await answer.json()).toEqual({ partialSuccess: {} });
  }
}

/** The receiver takes cumulative histograms only, and the whole request or nothing. */
async function sendMetrics(metrics: readonly MetricInput[]): Promise<void> {
  const [plain, cumulative] = ['"histogram":{', '"histogram":{"aggregationTemporality":2,'];
  const whole: unknown = JSON.parse(JSON.stringify(metricsRequest(metrics)).replaceAll(plain, cumulative));
  const answer = await post(settings.otlp?.metrics ?? '', '', whole);
  expect([answer.status, await answer.text()]).toEqual([200, '']);
}

/** One request to catalog, by one of its instances. */
function request(instance: string): SpanInput {
  return {
    service: 'catalog',
    resource: { 'service.instance.id': instance },
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    kind: 'server',
    name: 'GET /late',
    startMs: Date.now() - 40,
    durationMs: 40,
    attributes: { 'http.request.method': 'GET', 'http.route': '/late', 'http.response.status_code': 200 },
  };
}

afterAll(async () => {
  for (const one of running.toReversed()) await one.stop();
});

const near = (value: number): unknown => expect.closeTo(value, 6);

const interpolated = 'Prometheus interpolates p95 between the buckets of a histogram; asked with a tolerance below';
const messages =
  'the span of a caller names whom it calls, that of a message does not; the other edges are asked below';

describe.skipIf(!runs)('Prometheus, for real', () => {
  let started: Record<string, RunningProgram>;

  beforeAll(async () => {
    started = await startAll(prometheus.programs ?? []);
    settings = prometheusSettings.parse(prometheus.settingsOf?.(started));
    const shop = liveShop(windowOfNow());
    await sendSpans(shop.spans);
    await sendMetrics(shop.metrics);
    await untilReadable(shop.window);
    subject = { backend: await backendOf(settings), shop };
  });

  backendContract('prometheus', async () => subject, {
    'endpoints: counts, averages and exact p95 of one route, from the window’s start on and not at its end':
      interpolated,
    'queries: statistics of each query text': interpolated,
    'dependencies: calls between services, to the database and to a bank that sends nothing': messages,
    'dependencies: how long a call took as the caller saw it, and a message as its receiver did': messages,
  });

  test('has p95 to the width of a bucket, everything else exactly', async () => {
    const { backend, shop } = subject;
    const [listing] = await backend.endpoints(shop.window, { service: 'catalog', route: 'GET /products' });
    expect(listing).toMatchObject({ count: 100, errorCount: 0, avgMs: near(50.5) });
    expect(listing?.p95Ms).toBeGreaterThan(75);
    expect(listing?.p95Ms).toBeLessThanOrEqual(100);
    expect(await backend.queries(shop.window, {})).toMatchObject([
      { service: 'catalog', query: listingQuery, count: 100, errorCount: 0, avgMs: near(0.5), p95Ms: near(0.95) },
      { service: 'catalog', query: reviewQuery, count: 40, errorCount: 0, avgMs: near(2), p95Ms: near(1.95) },
      { service: 'checkout', query: orderQuery, count: 1, errorCount: 1, avgMs: near(3) },
    ]);
  });

  test('has every call but messages', async () => {
    const edges = await subject.backend.dependencies(subject.shop.window);
    const texts = edges.map((edge) => `${edge.from} -> ${edge.to} ${edge.kind} ${edge.count} ${edge.errorCount}`);
    expect(texts.toSorted()).toEqual([
      'catalog -> shop database 140 0',
      'checkout -> catalog service 1 1',
      'checkout -> payment service 35 0',
      'checkout -> shop database 1 1',
      'payment -> bank external 35 0',
      'storefront -> catalog service 100 1',
      'storefront -> checkout service 40 5',
    ]);
    expect(edges.find(({ from, to }) => from === 'storefront' && to === 'catalog')).toMatchObject({
      avgMs: near(55.5),
      p95Ms: expect.closeTo(100, -1),
    });
  });

  test('refuses what metrics cannot tell, with the reason', async () => {
    const { backend, shop } = subject;
    await expect(backend.traces(shop.window, { limit: 1 })).rejects.toThrow('a counter has no traces');
    await expect(backend.trace('a'.repeat(32))).rejects.toThrow(NoAnswer);
    await expect(backend.errors(shop.window, {})).rejects.toThrow('not the exceptions');
    await expect(backend.logs(shop.window, { limit: 1 })).rejects.toThrow('only metrics');
    const bad = { error: true } as const;
    await expect(backend.tendency(shop.window, { service: 'catalog', bad })).rejects.toThrow('a few attributes');
  });

  test('has a page of an endpoint', async () => {
    const { backend, shop } = subject;
    const link = backend.link({ of: 'endpoint', service: 'catalog', route: 'GET /products' }, shop.window) ?? '';
    const answer = await fetch(link, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toMatch(/^\/query\?g0\.expr=/);
    const query = encodeURIComponent(new URL(link).searchParams.get('g0.expr') ?? '');
    const graph: unknown = await (await fetch(`${settings.url}/api/v1/query?query=${query}`)).json();
    expect(graph).toMatchObject({
      status: 'success',
      data: { result: [{ metric: { http_response_status_code: '200' } }] },
    });
    expect(backend.link({ of: 'trace', traceId: 'a'.repeat(32) }, shop.window)).toBeUndefined();
  });

  test('counts what two instances of a service did in one window, and not what was before', async () => {
    const window = windowOfNow();
    await sendSpans([request('one'), request('two'), request('one')]);
    await untilReadable(window);
    const { backend } = subject;
    expect(await backend.endpoints(window, { service: 'catalog' })).toMatchObject([{ route: '/late', count: 3 }]);
    expect(await backend.endpoints(window, { service: 'payment' })).toEqual([]);
  });

  test('does not know where the collector was restarted, and knows again after it', async () => {
    const { backend } = subject;
    const across = windowOfNow();
    await sendSpans([request('one')]);
    await sleep(3000);
    await again(started['jaeger'], prometheus.programs?.[0]);
    await untilReadable(across);
    const question = backend.endpoints(across, { service: 'catalog' });
    await expect(question).rejects.toMatchObject({ code: 'backend-cut', hint: expect.stringContaining('collector') });
    const after = windowOfNow();
    await sendSpans([request('three'), request('three')]);
    await untilReadable(after);
    expect(await backend.endpoints(after, { service: 'catalog' })).toMatchObject([{ route: '/late', count: 2 }]);
  });

  test('does not know while the collector is down', async () => {
    await running.pop()?.stop();
    const window = windowOfNow();
    await untilReadable(window);
    await expect(subject.backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-cut' });
  });

  test('says what is missing where there are no span metrics, or no Prometheus', async () => {
    const window = { from: Date.now() - 60_000, to: Date.now() - ownDelayMs };
    const [, program] = prometheus.programs ?? [];
    const { prometheus: lonely } = await startAll(program ? [program] : []);
    const empty = await backendOf({ url: `http://127.0.0.1:${lonely?.ports['web']}` });
    await expect(empty.endpoints(window, {})).rejects.toMatchObject({
      code: 'backend-not-found',
      message: expect.stringContaining('traces_span_metrics_calls_total'),
      hint: expect.stringContaining('spanmetrics connector'),
    });
    const receiver = await backendOf({ url: `http://127.0.0.1:${lonely?.ports['web']}/api/v1/otlp` });
    await expect(receiver.version()).rejects.toMatchObject({ code: 'backend-not-found' });
  });
});

/** The same program on the same ports once more. */
async function again(before: RunningProgram | undefined, program: Program | undefined): Promise<void> {
  if (!before || !program) throw new Error('nothing to restart');
  const { ports } = before;
  await before.stop();
  const same: Program = {
    ...program,
    ports: [],
    files: (place) => program.files({ ...place, ports }),
    readyUrl: (place) => program.readyUrl({ ...place, ports }),
  };
  await startAll([same]);
}
