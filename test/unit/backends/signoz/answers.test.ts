import { describe, expect, onTestFinished, test } from 'vitest';
import { signozBackend } from '../../../../orchestrator/backends/signoz/backend.ts';
import { deliver, Ids, type SpanInput, tracesRequest } from '../../../support/otlp-data.ts';
import { startSignozStandIn } from '../../../support/signoz-stand-in/index.ts';
import { type Asked, canned, type CannedAnswer, fixture } from './canned.ts';

const window = { from: 1_755_684_000_000, to: 1_755_684_060_000.5 };
const traceId = 'a0000000000000000000000000000001';

async function answering(body: unknown, status = 200) {
  const server = await canned(() => ({ status, body }));
  return { backend: signozBackend('signoz', { url: server.url }), asked: server.asked };
}

function table(columns: unknown, data: unknown): unknown {
  return { status: 'success', data: { type: 'scalar', data: { results: [{ queryName: 'A', columns, data }] } } };
}

function refusal(...details: string[]): unknown {
  const message = `Found ${details.length} errors while parsing the search expression.`;
  const errors = details.map((detail) => ({ message: detail }));
  return { status: 'error', error: { type: 'invalid-input', code: 'invalid_input', message, errors } };
}

const emptyRaw = { status: 'success', data: { type: 'raw', data: { results: [{ queryName: 'A', rows: null }] } } };

describe('tables', () => {
  test('columns are told by name, type and index, in whatever order they come', async () => {
    const { backend } = await answering(fixture('scalar'));
    expect(await backend.endpoints(window, {})).toEqual([
      { service: 'checkout', method: 'POST', route: '/orders', count: 120, errorCount: 6, avgMs: 81.5, p95Ms: 245 },
      { service: 'checkout', method: 'GET', route: '/orders/:id', count: 7, errorCount: 0, avgMs: 4, p95Ms: 12 },
    ]);
  });

  test('the question is one table by service, method and route, in whole milliseconds, and never out of a cache', async () => {
    const { backend, asked } = await answering(fixture('scalar'));
    await backend.endpoints(window, { service: "it's", route: 'GET /a' });
    expect(asked[0]?.body).toMatchObject({
      start: 1_755_684_000_000,
      end: 1_755_684_060_001,
      requestType: 'scalar',
      noCache: true,
      compositeQuery: { queries: [{ type: 'builder_query', spec: { signal: 'traces', limit: 10_000 } }] },
    });
    expect(JSON.stringify(asked[0]?.body)).toContain(String.raw`resource.service.name = 'it\\'s'`);
  });

  test('no rows are an answer; a column or a number that is missing is none', async () => {
    const { columns } = (fixture('scalar') as { data: { data: { results: [{ columns: object[] }] } } }).data.data
      .results[0];
    expect(await (await answering(table(columns, null))).backend.endpoints(window, {})).toEqual([]);
    for (const wrong of [
      table(columns.slice(1), [['checkout', 'POST', 1, 1, 0, 1]]),
      { status: 'success', data: { type: 'scalar', data: { results: [] } } },
      table(columns, [['/orders', 'checkout', 'POST', 'fast', 1, 0, 1]]),
      table(null, [[]]),
      { status: 'success', data: { type: 'raw', data: { results: [] } } },
      { status: 'success' },
      [],
      'null',
    ]) {
      const { backend } = await answering(wrong);
      await expect(backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-nonsense' });
    }
  });

  test('as many groups as it can give at most may not be all of them', async () => {
    const full = fixture('scalar') as { data: { data: { results: [{ data: unknown[] }] } } };
    full.data.data.results[0].data = Array.from({ length: 10_000 }, (_, n) => [`/${n}`, 'a', 'GET', 1, 1, 0, 1]);
    const { backend } = await answering(full);
    await expect(backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-too-much' });
  });
});

describe('a refused question', () => {
  test('means nothing where an attribute was never sent', async () => {
    const { backend } = await answering(refusal('key `http.route` not found', 'key `service.name` not found'), 400);
    expect(await backend.endpoints(window, {})).toEqual([]);
    expect(await backend.logs(window, { limit: 5 })).toEqual([]);
  });

  test.each([
    [refusal('key `kind_string` not found')],
    [refusal('key `http.route` not found', 'key `has_error` not found')],
    [refusal("line 1:7 mismatched input 'x'")],
    [refusal()],
  ])('is no answer for any other reason', async (body) => {
    const { backend } = await answering(body, 400);
    await expect(backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-rejected' });
    await expect(backend.traces(window, { limit: 1 })).rejects.toMatchObject({ code: 'backend-rejected' });
  });
});

describe('a trace', () => {
  test('has its spans with all they say, and not the one that SigNoz only draws', async () => {
    const { backend, asked } = await answering(fixture('waterfall'));
    const trace = await backend.trace(traceId.toUpperCase());
    expect(asked[0]).toMatchObject({ path: `/api/v4/traces/${traceId}/waterfall`, body: { selectedSpanId: '' } });
    expect(trace).toEqual({
      traceId,
      spans: [
        {
          traceId,
          spanId: 'b000000000000002',
          parentSpanId: 'b000000000000001',
          service: 'checkout',
          version: '1.10.0',
          name: 'POST /orders',
          kind: 'server',
          startMs: 1_755_684_000_123.457,
          durationMs: 200,
          status: 'error',
          statusMessage: 'no rate',
          attributes: expect.objectContaining({ 'http.response.status_code': 500, 'shop.order.first': true }),
          resource: { 'service.name': 'checkout', 'service.version': '1.10.0' },
          events: [
            {
              name: 'exception',
              timeMs: 1_755_684_000_124,
              attributes: { 'exception.type': 'TypeError', 'exception.message': 'no rate' },
            },
          ],
        },
        expect.objectContaining({
          spanId: 'b000000000000003',
          kind: 'client',
          status: 'unset',
          durationMs: 1.5,
          events: [],
        }),
      ],
    });
  });

  test('that is not whole is no answer', async () => {
    const cut = fixture('waterfall') as { data: { hasMore: boolean } };
    cut.data.hasMore = true;
    const { backend } = await answering(cut);
    await expect(backend.trace(traceId)).rejects.toMatchObject({ code: 'backend-too-much' });
  });

  test('is not there where SigNoz says so, and not where something else answers 404', async () => {
    const said = { status: 'error', error: { type: 'not-found', code: 'not_found', message: 'trace not found' } };
    expect(await (await answering(said, 404)).backend.trace(traceId)).toBeUndefined();
    await expect((await answering('404 page not found', 404)).backend.trace(traceId)).rejects.toMatchObject({
      code: 'backend-nonsense',
    });
  });

  test('that it has no page for is no answer', async () => {
    const said = { status: 'error', error: { type: 'not-found', code: 'not_found', message: 'no such route' } };
    const { backend } = await answering(said, 404);
    await expect(backend.trace(traceId)).rejects.toMatchObject({ code: 'backend-nonsense' });
  });

  test('of which it has spans and which it then has not, is no answer', async () => {
    const row = {
      trace_id: traceId,
      span_id: 'b000000000000002',
      parent_span_id: '',
      name: 'x',
      kind_string: 'Server',
    };
    const data = {
      ...row,
      duration_nano: 1,
      status_code: 0,
      status_message: '',
      attributes: {},
      resource: {},
      events: [],
    };
    const raw = {
      status: 'success',
      data: { type: 'raw', data: { results: [{ rows: [{ timestamp: '2025-08-20T10:00:00Z', data }] }] } },
    };
    const said = { status: 'error', error: { type: 'not-found', code: 'not_found', message: 'trace not found' } };
    const server = await canned(({ path }): CannedAnswer =>
      path.endsWith('waterfall') ? { status: 404, body: said } : { body: raw },
    );
    const backend = signozBackend('signoz', { url: server.url });
    await expect(backend.traces(window, { limit: 1 })).rejects.toMatchObject({ code: 'backend-nonsense' });
  });
});

test('errors are those of the service asked for, and have the trace of their newest exception where no failed span has it', async () => {
  const answer = ({ path }: Asked): CannedAnswer => {
    if (path === '/api/v1/listErrors') return { body: fixture('errors') };
    if (path === '/api/v1/errorFromGroupID') return { body: { traceID: traceId, groupID: '1f0c' } };
    return { body: emptyRaw };
  };
  const server = await canned(answer);
  const backend = signozBackend('signoz', { url: server.url });
  expect(await backend.errors(window, { service: 'checkout' })).toEqual([
    { service: 'checkout', type: 'TypeError', message: 'no rate', count: 3, traceIds: [traceId] },
  ]);
  expect(server.asked[0]?.body).toMatchObject({
    start: '1755684000000000000',
    end: '1755684060000999999',
    limit: 1000,
  });
  expect(server.asked.at(-1)?.query).toBe('?groupID=1f0c&timestamp=1755684000124000001');
});

test('traces are looked for on the next page where one trace fills the first', async () => {
  const standIn = await startSignozStandIn();
  onTestFinished(() => standIn.close());
  const ids = new Ids();
  const [newer, older] = [ids.trace(), ids.trace()];
  const span = (id: string, at: number): SpanInput => {
    return { service: 'a', traceId: id, spanId: ids.span(), startMs: window.from + at, durationMs: 1 };
  };
  const spans = [span(older, 0), ...Array.from({ length: 150 }, (_, at) => span(newer, at + 1))];
  await deliver(standIn.otlp, '/v1/traces', tracesRequest(spans));
  const backend = signozBackend('signoz', { url: standIn.url });
  const found = await backend.traces(window, { service: 'a', limit: 2 });
  expect(found.map((trace) => [trace.traceId, trace.spans.length])).toEqual([
    [newer, 150],
    [older, 1],
  ]);
});

test.each([
  [{ keys: { colour: [{ name: 'colour', fieldContext: 'attribute' }] }, complete: true }, "attribute.colour = 'red'"],
  [
    { keys: { colour: [{ fieldContext: 'attribute' }, { fieldContext: 'resource' }, { fieldContext: 'attribute' }] } },
    "(attribute.colour = 'red' OR resource.colour = 'red')",
  ],
])('an attribute is looked for where spans have it', async (data, condition) => {
  const server = await canned(({ path }) => ({
    body: path === '/api/v1/fields/keys' ? { status: 'success', data } : emptyRaw,
  }));
  const backend = signozBackend('signoz', { url: server.url });
  await backend.traces(window, { attributes: { colour: 'red' }, limit: 1 });
  expect(JSON.stringify(server.asked[1]?.body)).toContain(condition);
});

test('an attribute that it never saw has no traces, and one that it may not have listed has no answer', async () => {
  const filter = { attributes: { colour: 'red' }, limit: 1 };
  const data = { keys: {}, complete: true };
  expect(await (await answering({ status: 'success', data })).backend.traces(window, filter)).toEqual([]);
  const { backend } = await answering({ status: 'success', data: { ...data, complete: false } });
  await expect(backend.traces(window, filter)).rejects.toMatchObject({
    code: 'backend-too-much',
  });
});

test('no errors are null', async () => {
  expect(await (await answering('null')).backend.errors(window, {})).toEqual([]);
});

test('a log record has one map of attributes, and its time to the microsecond', async () => {
  expect(await (await answering(fixture('logs'))).backend.logs(window, { limit: 5 })).toEqual([
    {
      timeMs: 1_755_684_000_123.457,
      service: 'payment',
      severity: 17,
      body: 'the bank answered 402',
      attributes: { 'shop.payment.brand': 'amex', 'http.response.status_code': 402 },
    },
  ]);
});

test('an environment is a condition of every question', async () => {
  const server = await canned(({ path }) => ({ body: path === '/api/v1/listErrors' ? [] : emptyRaw }));
  const backend = signozBackend('signoz', { url: server.url, environment: "de'mo" });
  await backend.errors(window, {});
  await backend.logs(window, { limit: 1 });
  await backend.traces(window, { limit: 1 });
  expect(server.asked[0]?.body).toMatchObject({ tags: [{ Key: 'deployment.environment', StringValues: ["de'mo"] }] });
  for (const { body } of server.asked.slice(1)) {
    expect(JSON.stringify(body)).toContain(String.raw`resource.deployment.environment = 'de\\'mo'`);
  }
});

test('metrics are refused, and said to be', async () => {
  const backend = signozBackend('signoz', { url: 'http://127.0.0.1:1' });
  expect(backend.how.metrics).toBe('unsupported');
  await expect(backend.metrics(window, { name: 'x' })).rejects.toMatchObject({ code: 'backend-rejected' });
});

test('links lead to the pages of what they are about', () => {
  const backend = signozBackend('signoz', { url: 'https://apm.example.com/signoz/' });
  const range = 'startTime=1755684000000&endTime=1755684060001';
  const links = [
    backend.link({ of: 'trace', traceId }, window),
    backend.link({ of: 'service', service: 'check out/1' }, window),
    backend.link({ of: 'endpoint', service: 'checkout', route: 'POST /orders' }, window),
    backend.link({ of: 'query', service: 'checkout', query: 'SELECT 1' }, window),
    backend.link({ of: 'error', service: 'checkout', type: 'TypeError' }, window),
  ];
  expect(links).toEqual([
    `https://apm.example.com/signoz/trace/${traceId}`,
    `https://apm.example.com/signoz/services/check%20out%2F1?${range}`,
    `https://apm.example.com/signoz/services/checkout/top-level-operations?${range}`,
    `https://apm.example.com/signoz/services/checkout?tab=DB_CALL_METRICS&${range}`,
    `https://apm.example.com/signoz/exceptions?${range}`,
  ]);
});
