import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliver, logsRequest, post, type SpanInput, tracesRequest } from '../../../support/otlp-data.ts';
import { type SignozStandIn, startSignozStandIn } from '../../../support/signoz-stand-in/index.ts';

// The stand-in is what the adapter is tested against, so it is tested by itself, and with more than the adapter sends.
const from = 1_755_684_000_000;
const traceId = 'a'.repeat(32);
const orphan = 'c'.repeat(32);

function span(n: number, of: Partial<SpanInput>): SpanInput {
  return {
    service: 'shop',
    traceId,
    spanId: n.toString(16).padStart(16, 'b'),
    startMs: from + n * 1000,
    durationMs: n,
    ...of,
  };
}

/** Spans 1 to 10 of the shop, of n ms each, the odd ones on the green shelf; two failed calls to a till; one whose parent is not there. */
const spans: readonly SpanInput[] = [
  ...Array.from({ length: 10 }, (_, at) =>
    span(at + 1, {
      kind: 'server',
      name: `shelf ${at + 1}`,
      attributes: { ...(at % 2 === 0 && { shelf: 'green' }), size: at + 1, large: at >= 5, 'span.odd': `${at}` },
    }),
  ),
  span(11, {
    kind: 'client',
    parentSpanId: span(1, {}).spanId,
    failed: true,
    attributes: { 'db.system': 'postgresql' },
  }),
  span(12, {
    service: 'till',
    kind: 'server',
    parentSpanId: span(11, {}).spanId,
    failed: true,
    exception: { type: 'E', message: 'm' },
  }),
  span(13, {
    traceId: orphan,
    kind: 'server',
    parentSpanId: 'd'.repeat(16),
    attributes: { 'http.response.status_code': 503 },
  }),
];

let standIn: SignozStandIn;
beforeAll(async () => {
  standIn = await startSignozStandIn();
  await deliver(standIn.otlp, '/v1/traces', tracesRequest(spans));
  await deliver(
    standIn.otlp,
    '/v1/logs',
    logsRequest([{ service: 'till', timeMs: from + 1, severity: 17, body: 'Empty' }]),
  );
});
afterAll(() => standIn.close());

async function ask(path: string, body?: unknown): Promise<{ status: number; value: unknown }> {
  const response = await (body === undefined ? fetch(`${standIn.url}${path}`) : post(standIn.url, path, body));
  return { status: response.status, value: await response.json() };
}

function question(spec: object, requestType = 'scalar'): object {
  const query = { type: 'builder_query', spec: { name: 'A', signal: 'traces', ...spec } };
  return { start: from, end: from + 60_000, requestType, compositeQuery: { queries: [query] } };
}

async function rowsOf(spec: object): Promise<unknown> {
  const { status, value } = await ask('/api/v5/query_range', question(spec));
  if (status !== 200) throw new Error(JSON.stringify(value));
  return (value as { data: { data: { results: [{ data: unknown }] } } }).data.data.results[0].data;
}

async function count(expression: string): Promise<unknown> {
  const rows = await rowsOf({ filter: { expression }, aggregations: [{ expression: 'count()' }] });
  return (rows as [[number]])[0][0];
}

async function raw(spec: object): Promise<{ timestamp: string; data: Record<string, unknown> }[]> {
  const { value } = await ask('/api/v5/query_range', question(spec, 'raw'));
  return (value as { data: { data: { results: [{ rows: [] }] } } }).data.data.results[0].rows;
}

async function refusal(body: unknown, path = '/api/v5/query_range'): Promise<string> {
  const { status, value } = await ask(path, body);
  expect(value).toMatchObject({ status: 'error', error: { type: expect.any(String), message: expect.any(String) } });
  return `${status} ${JSON.stringify(value)}`;
}

function near(value: number): unknown {
  return expect.closeTo(value, 6);
}

test.each([
  ["name = 'shelf 3'", 1],
  ["name != 'shelf 3'", 12],
  ['size > 8', 2],
  ['size >= 8 AND size <= 9', 2],
  ['size < 3', 2],
  ['size <> 3', 12],
  ["shelf = 'green'", 5],
  // A negative condition is met without the attribute as well.
  ["shelf != 'green'", 8],
  ["shelf NOT IN ('green')", 8],
  ['shelf EXISTS', 5],
  ['shelf NOT EXISTS', 8],
  ['size IN (1, 2, 99)', 2],
  ["shelf IN ['green', 'red']", 5],
  ['size BETWEEN 2 AND 4', 3],
  ['size NOT BETWEEN 2 AND 4', 10],
  ["name LIKE 'shelf _'", 9],
  ["name LIKE 'SHELF%'", 0],
  ["name ILIKE 'SHELF%'", 10],
  ["name CONTAINS 'ELF 1'", 2],
  ["name NOT CONTAINS 'elf'", 3],
  ["name REGEXP '^shelf [12]$'", 2],
  ["kind_string = 'Server' AND service.name = 'till'", 1],
  ["service.name = 'till' OR size = 1", 2],
  ["service.name = 'till' OR size = 1 AND shelf = 'red'", 1],
  ["(service.name = 'till' OR size = 1) AND shelf = 'green'", 1],
  ["NOT (kind_string = 'Server')", 1],
  ["NOT size = 1 kind_string = 'Server'", 11],
  ['large = true', 5],
  ["large = 'true'", 5],
  ["size = '7'", 1],
  ['has_error = true', 2],
  ['response_status_code >= 500', 1],
  // A text that is no number is neither below nor above.
  ['NOT response_status_code >= 500', 0],
  ["response_status_code = ''", 12],
  ['duration_nano > 9000000', 4],
  ["isRoot = 'true'", 10],
  ["resource.service.name = 'shop'", 12],
  ["attribute.shelf:string = 'green'", 5],
  ["attribute.span.odd = '1'", 1],
  ["span.odd = '1'", 1],
  [`name = "shelf 1"`, 1],
  [String.raw`name = 'it\'s'`, 0],
])('a filter: %s', async (expression, expected) => {
  expect(await count(expression)).toBe(expected);
});

test.each([
  ['colour = 1', 'key `colour` not found'],
  ["attribute.service.name = 'shop'", 'key `service.name` not found'],
  ['size =', '<EOF>'],
  ['size = 1)', "mismatched input ')'"],
  ["size = 'open", 'token recognition error'],
  ['size ~ 1', 'token recognition error'],
  ['AND size = 1', "mismatched input 'AND'"],
  ["duration_nano > 'long'", 'invalid duration'],
])('a filter that is refused: %s', async (expression, why) => {
  const said = await refusal(question({ filter: { expression }, aggregations: [{ expression: 'count()' }] }));
  expect(said).toMatch(/^400 /);
  expect(said).toContain(JSON.stringify(why).slice(1, -1));
});

test('aggregations', async () => {
  const expressions = [
    'count()',
    'countIf(size > 5 AND large = true)',
    'count_distinct(shelf)',
    'avg(size)',
    'min(size)',
    'max(size)',
  ];
  const more = ['sum(size)', 'p50(size)', 'p90(size)', 'p95(duration_nano)', 'p99(size)'];
  const aggregations = [...expressions, ...more].map((expression) => ({ expression }));
  expect(await rowsOf({ filter: { expression: 'size EXISTS' }, aggregations })).toEqual([
    [10, 5, 1, 5.5, 1, 10, 55, near(5.5), near(9.1), near(9_550_000), near(9.91)],
  ]);
});

test('groups, what they must have, their order and how many', async () => {
  const shelf = { name: 'shelf', fieldContext: 'attribute', fieldDataType: 'string' };
  const service = { name: 'service.name', fieldContext: 'resource' };
  const aggregations = [{ expression: 'count()', alias: 'calls' }, { expression: 'max(duration_nano)' }];
  const spec = { groupBy: [service, shelf], aggregations };
  const all = [
    ['shop', null, 7, 13_000_000],
    ['shop', 'green', 5, 9_000_000],
    ['till', null, 1, 12_000_000],
  ];
  expect(await rowsOf(spec)).toEqual(all);
  expect(await rowsOf({ ...spec, having: { expression: 'count() > 3' } })).toEqual(all.slice(0, 2));
  expect(await rowsOf({ ...spec, having: { expression: 'calls < 7 AND __result_1 > 9000000' } })).toEqual(all.slice(2));
  const byLongest = { ...spec, order: [{ key: { name: 'max(duration_nano)' }, direction: 'asc' }] };
  expect(await rowsOf({ ...byLongest, limit: 1 })).toEqual([all[1]]);
  expect(await rowsOf({ ...byLongest, offset: 1, limit: 1 })).toEqual([all[2]]);
  expect(await rowsOf({ ...spec, filter: { expression: "name = 'none'" } })).toBeNull();
});

test('rows, whole and by selected fields, page by page', async () => {
  const [newest, second] = await raw({});
  expect(newest).toMatchObject({
    timestamp: '2025-08-20T10:00:13Z',
    data: {
      trace_id: orphan,
      kind_string: 'Server',
      attributes: { 'http.response.status_code': 503 },
      resource: { 'service.name': 'shop' },
    },
  });
  expect(second?.data['events']).toEqual([
    {
      name: 'exception',
      timeUnixNano: (from + 12_000) * 1e6,
      attributes: expect.objectContaining({ 'exception.type': 'E' }),
    },
  ]);
  const oldest = {
    order: [{ key: { name: 'timestamp' }, direction: 'asc' }],
    selectFields: [{ name: 'size' }, { name: 'never' }],
  };
  expect(await raw({ ...oldest, limit: 1, offset: 2 })).toEqual([
    {
      timestamp: '2025-08-20T10:00:03Z',
      data: {
        timestamp: '2025-08-20T10:00:03Z',
        trace_id: traceId,
        span_id: span(3, {}).spanId,
        size: expect.anything(),
        never: null,
      },
    },
  ]);
  const [log] = await raw({
    signal: 'logs',
    filter: { expression: "severity_number >= 17 AND body CONTAINS 'empty'" },
  });
  expect(log?.data).toMatchObject({
    body: 'Empty',
    resources_string: { 'service.name': 'till' },
    attributes_string: {},
  });
});

test('what it does not know is refused, and what it has not got is said', async () => {
  const aggregations = [{ expression: 'count()' }];
  const body = question({ aggregations });
  for (const wrong of [
    { ...body, from: 1 },
    question({ aggregations, colour: 'red' }),
    question({ aggregations, groupBy: [{ name: 'a', type: 'tag' }] }),
    question({ aggregations, limit: 10_001 }),
    question({}),
    question({ aggregations: [{ expression: 'median(size)' }] }),
    question({ aggregations: [{ expression: 'avg(colour)' }] }),
    question({ aggregations, order: [{ key: { name: 'colour' }, direction: 'asc' }] }),
    { ...body, end: from },
    { ...body, start: '1' },
    'x',
  ]) {
    expect(await refusal(wrong)).toMatch(/^400 /);
  }
  expect(await refusal({ ...body, requestType: 'time_series' })).toMatch(/^501 .*stand-in/);
  expect(await refusal({ ...body, compositeQuery: { queries: [{ type: 'promql', spec: {} }] } })).toMatch(/^501 /);
  expect(await refusal({}, '/api/v9/unknown')).toMatch(/^404 /);
});

test('its times are told apart by their digits', async () => {
  const spec = { name: 'A', signal: 'traces', aggregations: [{ expression: 'count()' }] };
  const compositeQuery = { queries: [{ type: 'builder_query', spec }] };
  const seconds = { start: from / 1000 + 1, end: from / 1000 + 3, requestType: 'scalar', compositeQuery };
  expect((await ask('/api/v5/query_range', seconds)).value).toMatchObject({
    data: { data: { results: [{ data: [[2]] }] } },
  });
});

describe('the older endpoints', () => {
  const time = { start: `${from}000000`, end: `${from + 60_000}000000` };

  test('exceptions, by part of a name, and one of a group', async () => {
    const { value } = await ask('/api/v1/listErrors', { ...time, limit: 10, serviceName: 'TIL' });
    expect(value).toMatchObject([
      { exceptionType: 'E', exceptionMessage: 'm', exceptionCount: 1, serviceName: 'till' },
    ]);
    const [{ groupID }] = value as [{ groupID: string }];
    const path = `/api/v1/errorFromGroupID?groupID=${groupID}&timestamp=`;
    expect((await ask(`${path}${from + 12_000}000000`)).value).toMatchObject({ traceID: traceId, serviceName: 'till' });
    expect((await ask(`${path}1`)).status).toBe(404);
    expect((await ask('/api/v1/countErrors', time)).value).toBe(1);
    // Both ends belong to it.
    const exactly = { start: `${from + 12_000}000000`, end: `${from + 12_000}000000`, limit: 1 };
    expect((await ask('/api/v1/listErrors', exactly)).value).toHaveLength(1);
    expect((await ask('/api/v1/listErrors', { ...time, limit: 10, serviceName: 'none' })).value).toBeNull();
    const tag = { Key: 'service.name', Operator: 'in', StringValues: ['shop'], TagType: 'ResourceAttribute' };
    expect((await ask('/api/v1/listErrors', { ...time, limit: 10, tags: [tag] })).value).toBeNull();
    expect(await refusal({ ...time, limit: 0 }, '/api/v1/listErrors')).toMatch(/^400 /);
    expect(await refusal({ ...time, limit: 1, colour: 1 }, '/api/v1/listErrors')).toMatch(/^400 /);
  });

  test('the service map counts by whole minutes', async () => {
    const edges = [
      { parent: 'shop', child: 'postgresql', callCount: 1, errorRate: 100 },
      { parent: 'shop', child: 'till', callCount: 1, errorRate: 100 },
    ];
    expect((await ask('/api/v1/dependency_graph', time)).value).toMatchObject(edges);
    // All of the minute, or nothing of it.
    expect((await ask('/api/v1/dependency_graph', { ...time, end: time.start })).value).toMatchObject(edges);
    expect((await ask('/api/v1/dependency_graph', { ...time, start: `${from + 1}000000` })).value).toBeNull();
  });

  test('the service map leaves out the last 30 s', async () => {
    const fresh = await startSignozStandIn();
    const startMs = Math.floor(Date.now() / 60_000) * 60_000;
    const call = {
      traceId,
      kind: 'client',
      startMs,
      durationMs: 1,
      attributes: { 'db.system': 'postgresql' },
    } as const;
    await deliver(fresh.otlp, '/v1/traces', tracesRequest([span(1, call)]));
    const askFor = async (end: number): Promise<unknown> =>
      (await post(fresh.url, '/api/v1/dependency_graph', { start: `${startMs}000000`, end: `${end}000000` })).json();
    expect(await askFor(startMs + 29_999)).toEqual(Date.now() - startMs < 59_999 ? null : expect.anything());
    await fresh.close();
  });

  test('fields and their values, services, version and health', async () => {
    expect((await ask('/api/v1/fields/keys?signal=traces&searchText=shel')).value).toMatchObject({
      data: { keys: { shelf: [{ fieldContext: 'attribute', fieldDataType: 'string' }] }, complete: true },
    });
    const values = `/api/v1/fields/values?signal=traces&name=shelf&fieldContext=attribute&startUnixMilli=${from}&endUnixMilli=${from + 9e4}`;
    expect((await ask(values)).value).toMatchObject({
      data: { values: { stringValues: ['green'], numberValues: [] } },
    });
    expect((await ask('/api/v1/services/list')).value).toEqual(['shop', 'till']);
    expect((await ask('/api/v1/version')).value).toMatchObject({ version: expect.stringContaining('stand-in') });
    expect((await ask('/api/v1/health')).value).toEqual({ status: 'ok' });
  });
});

async function drawn(url: string, id: string): Promise<{ spans: { name: string }[] }> {
  const answer = (await (await post(url, `/api/v4/traces/${id}/waterfall`, {})).json()) as { data: { spans: [] } };
  return answer.data;
}

describe('a trace', () => {
  test('goes from parents to children, with what is missing drawn', async () => {
    const whole = await drawn(standIn.url, traceId);
    expect(whole.spans).toHaveLength(12);
    expect(whole.spans.slice(0, 3).map(({ name }) => name)).toEqual(['shelf 1', 'span', 'span']);
    expect(await drawn(standIn.url, orphan)).toMatchObject({
      hasMissingSpans: true,
      spans: [
        { name: 'Missing Span', resource: {} },
        { name: 'span', response_status_code: '503' },
      ],
    });
    expect((await ask(`/api/v4/traces/${'e'.repeat(32)}/waterfall`, {})).status).toBe(404);
    expect(await refusal({ colour: 1 }, `/api/v4/traces/${traceId}/waterfall`)).toMatch(/^400 /);
  });

  test('that is long comes in part', async () => {
    const small = await startSignozStandIn({ maxSpans: 5 });
    await deliver(small.otlp, '/v1/traces', tracesRequest(spans));
    expect(await drawn(small.url, traceId)).toMatchObject({ hasMore: true });
    await small.close();
  });
});

test('who may ask and who may send', async () => {
  const guarded = await startSignozStandIn({ apiKey: 'a key', ingestionKey: 'another' });
  const status = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${guarded.url}${path}`, { headers })).status;
  expect(await status('/api/v1/services/list', {})).toBe(401);
  expect(await status('/api/v1/services/list', { 'SIGNOZ-API-KEY': 'a kex' })).toBe(401);
  expect(await status('/api/v1/services/list', { authorization: 'Bearer x' })).toBe(401);
  expect(await status('/api/v1/services/list', { 'SIGNOZ-API-KEY': 'a key' })).toBe(200);
  expect(await status('/api/v1/version', {})).toBe(200);
  const send = async (headers: Record<string, string>): Promise<number> =>
    (
      await fetch(`${guarded.otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(tracesRequest(spans)),
      })
    ).status;
  expect(await send({})).toBe(401);
  expect(await send({ 'signoz-ingestion-key': 'another' })).toBe(200);
  await guarded.close();
});

test('what is taken is there after a delay', async () => {
  const slow = await startSignozStandIn({ delayMs: 300 });
  await deliver(slow.otlp, '/v1/traces', tracesRequest(spans));
  const services = async (): Promise<unknown> => (await fetch(`${slow.url}/api/v1/services/list`)).json();
  expect(await services()).toBeNull();
  await expect.poll(services, { timeout: 5000 }).toEqual(['shop', 'till']);
  await slow.close();
});
