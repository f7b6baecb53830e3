import { expect, test } from 'vitest';
import { NoAnswer } from '../../../../orchestrator/backends/http.ts';
import { fakePrometheus, names, recorded, vector, window } from './fake-prometheus.ts';

const listing = { asked_service: 'catalog', asked_method: 'GET', asked_route: '/products' };
const metrics = { otlp: { metrics: 'http://127.0.0.1:9/' } };

test('endpoints as a real Prometheus counted them', async () => {
  const backend = (await fakePrometheus()).backend();
  const [first, second] = [
    { service: 'catalog', method: 'GET', route: '/products', count: 100, errorCount: 0, avgMs: 50.5, p95Ms: 95 },
    { service: 'catalog', method: 'GET', route: '/products/:id', count: 1, errorCount: 0, avgMs: 90, p95Ms: 98.75 },
  ];
  expect(await backend.endpoints(window, { service: 'catalog' })).toEqual([first, second]);
  expect(await backend.endpoints(window, { route: 'GET /products/:id' })).toEqual([second]);
  expect(await backend.endpoints(window, { route: 'POST /products/:id' })).toEqual([]);
});

test('the counters are read half a delay after the ends of the window', async () => {
  const fake = await fakePrometheus();
  await fake.backend({ delayMs: 4000 }).endpoints(window, {});
  const query = fake.asked.find(({ kind }) => kind === 'calls')?.url.searchParams.get('query');
  expect(query).toContain(`@ ${window.to / 1000 + 2} - (`);
  expect(query).toContain(`@ ${window.from / 1000 + 2} or `);
});

test('errors are answers from 500 on; where no status is counted, spans with the status error', async () => {
  const calls = vector(
    { labels: { ...listing, asked_http_status: '200', asked_span_status: 'STATUS_CODE_UNSET' }, value: '90' },
    { labels: { ...listing, asked_http_status: '404', asked_span_status: 'STATUS_CODE_ERROR' }, value: '4' },
    { labels: { ...listing, asked_http_status: '500', asked_span_status: 'STATUS_CODE_UNSET' }, value: '3' },
    { labels: { ...listing, asked_span_status: 'STATUS_CODE_ERROR' }, value: '2' },
    { labels: { ...listing, asked_span_status: 'ERROR' }, value: '1' },
  );
  const [row] = await (await fakePrometheus({ calls })).backend().endpoints(window, {});
  expect(row).toMatchObject({ count: 100, errorCount: 6 });
});

test('durations in seconds by their name, or as the settings say', async () => {
  const found = names('traces_spanmetrics_calls_total', 'traces_spanmetrics_latency_bucket');
  const fake = await fakePrometheus({ names: found });
  const [row] = await fake.backend().endpoints(window, { service: 'catalog' });
  expect(row).toMatchObject({ avgMs: 50_500, p95Ms: 95_000 });
  const query = fake.asked.find(({ kind }) => kind === 'calls')?.url.searchParams.get('query');
  expect(query).toContain('traces_spanmetrics_calls_total{span_kind="SPAN_KIND_SERVER", service="catalog"}');
  const [told] = await fake.backend({ unit: 'ms' }).endpoints(window, {});
  expect(told).toMatchObject({ avgMs: 50.5 });
});

test('what did not happen in the window is not listed', async () => {
  const calls = vector({ labels: listing, value: '0' });
  const nothing = vector({ labels: listing, value: 'NaN' });
  const fake = await fakePrometheus({ calls, quantiles: nothing });
  expect(await fake.backend().endpoints(window, {})).toEqual([]);
});

const calls = vector({ labels: listing, value: '7' });
const partial = {
  'with no time of it': { calls, quantiles: vector() },
  'with NaN for p95': { calls, quantiles: vector({ labels: listing, value: 'NaN' }) },
  'with a sum that is not there': { calls, sums: vector() },
  'with a counter that shrank': { calls: vector({ labels: listing, value: '-3' }) },
  'with one counter that shrank among others': {
    calls: vector({ labels: listing, value: '9' }, { labels: { ...listing, asked_http_status: '500' }, value: '-1' }),
  },
  'with NaN for a count': { calls: vector({ labels: listing, value: 'NaN' }) },
  'with warnings': {
    calls: { body: { status: 'success', data: { resultType: 'vector', result: [] }, warnings: ['no store'] } },
  },
  'of another type': { calls: { body: { status: 'success', data: { resultType: 'matrix', result: [] } } } },
  'that is not an answer of Prometheus': { buildinfo: { body: { status: 'success', data: { name: 'jaeger' } } } },
} as const;

for (const [what, different] of Object.entries(partial)) {
  test(`no answer to one ${what}`, async () => {
    const backend = (await fakePrometheus(different)).backend();
    await expect(backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-nonsense' });
  });
}

for (const trouble of ['reset', 'lost', 'down', 'old']) {
  test(`no answer where counters cannot be compared: ${trouble}`, async () => {
    const found = vector({ labels: { trouble }, value: '2' });
    const backend = (await fakePrometheus({ 'no-trouble': found })).backend();
    await expect(backend.queries(window, {})).rejects.toMatchObject({ code: 'backend-cut' });
  });
}

test('no answer without the dimension that was asked for, and which one it is', async () => {
  const labels = names('service_name', 'span_kind', 'span_name', 'peer_service');
  const backend = (await fakePrometheus({ labels })).backend();
  await expect(backend.queries(window, {})).rejects.toThrow('counts no span by db.query.text');
  await expect(backend.endpoints(window, { byVersion: true })).rejects.toThrow('service.version');
  expect(await backend.endpoints(window, { service: 'catalog' })).toHaveLength(2);
});

test('a restarted Prometheus that has no span metrics yet is asked for them again', async () => {
  const fake = await fakePrometheus({ names: names('up') });
  const backend = fake.backend();
  await expect(backend.endpoints(window, {})).rejects.toThrow(/no span metrics.*traces_span_metrics_calls_total/);
  await expect(backend.endpoints(window, {})).rejects.toThrow(NoAnswer);
  expect(fake.asked.filter(({ kind }) => kind === 'names')).toHaveLength(2);
});

test('two sets of span metrics: which one is told by the settings', async () => {
  const both = ['calls_total', 'duration_milliseconds_bucket'];
  const found = names(...both, ...both.map((name) => `traces_span_metrics_${name}`));
  const fake = await fakePrometheus({ names: found });
  await expect(fake.backend().endpoints(window, {})).rejects.toMatchObject({ code: 'backend-too-much' });
  expect(await fake.backend({ prefix: '' }).endpoints(window, {})).toHaveLength(2);
  await expect(fake.backend({ prefix: 'other_' }).endpoints(window, {})).rejects.toThrow('other_calls_total');
});

const edge = (asked_target: string, more = {}) => ({ asked_service: 'catalog', asked_target, ...more });

test('of the calls to a database only queries, and peers that are services or not', async () => {
  const edges = [
    edge('database shop', { asked_queried: 'yes' }),
    edge('database shop'),
    edge('peer catalog'),
    edge('peer bank'),
    edge(''),
  ];
  const each = (value: string) => vector(...edges.map((labels) => ({ labels, value })));
  const fake = await fakePrometheus({ calls: each('4'), sums: each('40'), counts: each('4'), quantiles: each('12') });
  const found = await fake.backend().dependencies(window);
  expect(found.map(({ to, kind, count, avgMs }) => ({ to, kind, count, avgMs }))).toEqual([
    { to: 'shop', kind: 'database', count: 4, avgMs: 10 },
    { to: 'bank', kind: 'external', count: 4, avgMs: 10 },
  ]);
});

const none = { body: { status: 'success', data: { resultType: 'matrix', result: [] } } };

test('metrics of the shop as a real receiver spelled them', async () => {
  const backend = (await fakePrometheus({ 'histogram-counts': none, 'histogram-sums': none })).backend(metrics);
  const gauges = await backend.metrics(window, { name: 'db.client.connection.count' });
  expect(gauges).toMatchObject([
    { service: 'catalog', name: 'db.client.connection.count', unit: 's', value: 3.5, attributes: { pool: 'main' } },
    { service: 'cart', value: 1 },
  ]);
  expect(gauges.every((point) => point.count === undefined)).toBe(true);
});

test('a histogram needs both of its parts', async () => {
  const question = { name: 'http.server.request.duration', service: 'catalog' };
  const whole = (await fakePrometheus({ gauges: none })).backend(metrics);
  expect(await whole.metrics(window, question)).toMatchObject([{ unit: 's', count: 7, sum: 0.25 }]);
  expect(await whole.metrics(window, { ...question, service: 'cart' })).toEqual([]);
  const half = (await fakePrometheus({ gauges: none, 'histogram-sums': none })).backend(metrics);
  expect(await half.metrics(window, question)).toEqual([]);
});

test('a refused question says what Prometheus said', async () => {
  const backend = (await fakePrometheus({ calls: { status: 400, body: recorded('bad-query') } })).backend();
  await expect(backend.endpoints(window, {})).rejects.toThrow('unclosed left parenthesis');
});
