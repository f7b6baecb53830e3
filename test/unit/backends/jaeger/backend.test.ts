import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Backend } from '../../../../orchestrator/backends/backend.ts';
import { NoAnswer } from '../../../../orchestrator/backends/http.ts';
import { searchDepth } from '../../../../orchestrator/backends/jaeger/api.ts';
import { jaegerBackend } from '../../../../orchestrator/backends/jaeger/backend.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { type Answering, type Canned, type FakeApi, fakeApi } from '../../../support/fake-api.ts';
import { Ids, type SpanInput, tracesRequest } from '../../../support/otlp-data.ts';

const text = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/backends/jaeger/${name}`, import.meta.url), 'utf8');
const page: Canned = [200, text('page.html')];
const traceId = 'aaaaaaaaaaaaaaaaaaaaaaaa0ecc73aa';
const startMs = 1_795_544_930_000;
const window = { from: startMs - 1000, to: startMs + 1000 };

let api: FakeApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function asking(answer: Answering): Promise<Backend> {
  api = await fakeApi(answer);
  return jaegerBackend({ name: 'jaeger', url: api.url, headers: { authorization: new Secret('Bearer x') } });
}

/** As Jaeger 2.13 answers: it knows only the older names of parameters. */
const v213: Answering = (url) => {
  if (url.pathname === '/api/v3/services') return [200, text('v3-services.json')];
  if (url.pathname === `/api/v3/traces/${traceId}`) return [200, text('v3-trace.json')];
  if (url.pathname.startsWith('/api/v3/traces/')) return [404, text('v3-no-traces.json')];
  if (url.pathname !== '/api/v3/traces') return page;
  const [from, to] = [url.searchParams.get('query.start_time_min'), url.searchParams.get('query.start_time_max')];
  if (from === null || to === null) return [400, text('v3-old-names-required.json')];
  const inside = Date.parse(from) <= startMs && Date.parse(to) >= startMs;
  return inside ? [200, text('v3-trace.json')] : [404, text('v3-no-traces.json')];
};

/** As versions without v3 answer: their page for every path they do not know. */
const legacy: Answering = (url) => {
  if (url.pathname === '/api/services') return [200, text('legacy-services.json')];
  if (url.pathname === `/api/traces/${traceId}`) return [200, text('legacy-trace.json')];
  if (url.pathname.startsWith('/api/traces/')) return [404, text('legacy-no-trace.json')];
  if (url.pathname !== '/api/traces') return page;
  const found = url.searchParams.get('service') === 'checkout' && Number(url.searchParams.get('end')) / 1000 >= startMs;
  return [200, text(found ? 'legacy-trace.json' : 'legacy-none.json')];
};

describe('what the real one answered', () => {
  test('is read as the span it was, whichever API told it', async () => {
    const trace = await (await asking(v213)).trace(traceId.toUpperCase());
    await api?.close();
    expect(trace?.spans.map(({ service, kind, name }) => `${service} ${kind} ${name}`)).toEqual([
      'storefront server POST /api/orders',
      'storefront client GET',
      'checkout server POST /orders',
    ]);
    expect(trace?.spans[2]).toMatchObject({
      traceId,
      parentSpanId: trace?.spans[1]?.spanId,
      version: '1.10.0',
      startMs,
      durationMs: 280,
      status: 'error',
      attributes: { 'http.response.status_code': 500, 'shop.order.first': true, 'shop.customer.country': 'DE' },
      resource: { 'service.name': 'checkout', 'service.version': '1.10.0' },
      events: [{ name: 'exception', timeMs: startMs, attributes: { 'exception.type': 'TypeError' } }],
    });
    expect(await (await asking(legacy)).trace(traceId)).toEqual(trace);
  });

  test('with the names of parameters that this version knows, asked for only once', async () => {
    const backend = await asking(v213);
    expect(await backend.endpoints(window, { service: 'checkout' })).toMatchObject([{ count: 1, errorCount: 1 }]);
    expect(await backend.endpoints({ from: 0, to: 1000 }, {})).toEqual([]);
    const searches = api?.asked.filter(({ pathname }) => pathname === '/api/v3/traces') ?? [];
    expect(searches.map(({ searchParams }) => searchParams.has('query.start_time_min'))).toEqual([false, true, true]);
    expect(searches.at(-1)?.searchParams.get('query.num_traces')).toBe(`${searchDepth}`);
    expect(searches.at(-1)?.searchParams.get('query.raw_traces')).toBe('true');
  });

  test('and with the newer names where those are known', async () => {
    const backend = await asking((url, ...rest) => {
      if (url.pathname !== '/api/v3/traces') return v213(url, ...rest);
      const { searchParams } = url;
      const known = ['query.startTimeMin', 'query.startTimeMax', 'query.searchDepth', 'query.rawTraces'];
      expect([...searchParams.keys()]).toEqual(known);
      return [404, text('v3-no-traces.json')];
    });
    expect(await backend.errors(window, {})).toEqual([]);
    expect(api?.asked.filter(({ pathname }) => pathname === '/api/v3/traces')).toHaveLength(2);
  });

  test('of one service after the other where there is no v3', async () => {
    const backend = await asking(legacy);
    expect(await backend.errors(window, {})).toMatchObject([{ service: 'checkout', type: 'TypeError', count: 1 }]);
    expect(await backend.trace('f'.repeat(32))).toBeUndefined();
    expect(await backend.version()).toBe('API v1, version not told');
  });

  test('and of one service after the other where the storage can do no more', async () => {
    const backend = await asking((url, ...rest) => {
      const asksAll = url.pathname === '/api/v3/traces' && url.searchParams.has('query.start_time_min');
      if (!asksAll || url.searchParams.has('query.service_name')) return v213(url, ...rest);
      return [500, { error: { httpCode: 500, message: 'service Name must be set' } }];
    });
    // The trace is found by each of its services, and counted once.
    expect(await backend.endpoints(window, { service: 'storefront' })).toMatchObject([{ count: 1 }]);
  });

  test('with a version where the build knows it', async () => {
    const told = text('page.html').replace('"gitVersion":""', '"gitVersion":"v2.13.0"');
    const backend = await asking((url, ...rest) => (url.pathname === '/' ? [200, told] : v213(url, ...rest)));
    expect(await backend.version()).toBe('v2.13.0');
    expect(await (await asking(v213)).version()).toBe('API v3, version not told');
  });
});

/** Many traces, each of one span, one a millisecond. */
function many(from: number, to: number): unknown {
  const ids = new Ids();
  const spans = Array.from({ length: Math.max(0, Math.min(searchDepth, to - from)) }, (_, at): SpanInput => ({
    traceId: ids.trace(),
    spanId: ids.span(),
    service: 'catalog',
    startMs: from + at,
    durationMs: 1,
  })).map((span) => ({ ...span, traceId: span.startMs.toString(16).padStart(32, '0') }));
  return { result: tracesRequest(spans) };
}

/** Jaeger with many traces, by the time that is asked for. */
function crowded(tracesIn: (from: number, to: number) => unknown): Answering {
  return (url, ...rest) => {
    const [from, to] = ['query.start_time_min', 'query.start_time_max'].map((key) => url.searchParams.get(key));
    if (url.pathname !== '/api/v3/traces' || !from || !to) return v213(url, ...rest);
    return [200, tracesIn(Date.parse(from), Date.parse(to))];
  };
}

describe('when there is more than one search tells', () => {
  test('shorter times are asked for, until all of it is there', async () => {
    const backend = await asking(crowded(many));
    const traces = await backend.traces({ from: startMs, to: startMs + 8000 }, { limit: 10_000 });
    expect(traces).toHaveLength(8000);
  });

  test('it says so, if that does not help', async () => {
    const backend = await asking(crowded((from) => many(from, from + searchDepth)));
    await expect(backend.endpoints(window, {})).rejects.toMatchObject({ code: 'backend-too-much' });
  });
});

/** `answer` to everything, or only to searches once the API is known. */
const troubles: Readonly<Record<string, readonly [code: string, answer: Answering]>> = {
  'a web page': ['backend-nonsense', () => page],
  'JSON of something else': ['backend-nonsense', () => [200, {}]],
  'JSON of something else, a list': ['backend-nonsense', () => [200, []]],
  'nothing at any path': ['backend-not-found', () => [404, 'no such page']],
  'no key': ['backend-unauthorised', () => [401, 'who are you?']],
  'a key without rights': ['backend-forbidden', () => [403, 'not you']],
  'a login page': ['backend-unauthorised', () => [302, '', { location: 'https://login.example' }]],
  'a proxy without Jaeger': ['backend-failed', () => [502, 'bad gateway']],
  'a store with a smaller depth': ['backend-failed', onlySearches(() => [500, text('v3-depth-refused.json')])],
  'a search that is refused': [
    'backend-rejected',
    onlySearches(() => [400, { error: { httpCode: 400, message: 'malformed parameter' } }]),
  ],
  'a search of another 404': [
    'backend-rejected',
    onlySearches(() => [404, { error: { httpCode: 404, message: 'no route' } }]),
  ],
  'an answer without a result': ['backend-nonsense', onlySearches(() => [200, { traces: [] }])],
  'half of an answer': ['backend-nonsense', onlySearches(() => [200, text('v3-trace.json').slice(0, 3000)])],
  'an answer that is cut off': [
    'backend-cut',
    onlySearches((_url, _request, response) => {
      response.writeHead(200, { 'content-length': '10000' });
      response.write('{"result":');
      setTimeout(() => response.destroy(), 20);
      return undefined;
    }),
  ],
  'a span without an id': [
    'backend-nonsense',
    onlySearches(() => [200, text('v3-trace.json').replaceAll('"spanId"', '"spanIdentity"')]),
  ],
  'a part beside an error': [
    'backend-failed',
    (url, ...rest) =>
      url.pathname === '/api/traces'
        ? [200, { data: [], errors: [{ code: 500, msg: 'one shard did not answer' }] }]
        : legacy(url, ...rest),
  ],
};

function onlySearches(answer: Answering): Answering {
  return (url, ...rest) => (url.searchParams.has('query.start_time_min') ? answer(url, ...rest) : v213(url, ...rest));
}

describe('it is no answer, and never an empty one:', () => {
  test.each(Object.entries(troubles))('%s', async (_what, [code, answer]) => {
    const backend = await asking(answer);
    for (const asked of [
      backend.endpoints(window, {}),
      backend.dependencies(window),
      backend.traces(window, { limit: 3 }),
    ]) {
      const error: unknown = await asked.then(
        () => 'an answer',
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(NoAnswer);
      expect(error).toMatchObject({ code });
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('Bearer');
    }
  });

  test('what is asked for logs and metrics', async () => {
    const backend = await asking(v213);
    await expect(backend.logs(window, { limit: 1 })).rejects.toThrow('only traces');
    await expect(backend.metrics(window, { name: 'x' })).rejects.toThrow('only traces');
  });

  test('after which it answers as soon as it can', async () => {
    let down = true;
    const backend = await asking((...given) => (down ? [503, 'starting'] : v213(...given)));
    await expect(backend.errors(window, {})).rejects.toMatchObject({ code: 'backend-failed' });
    down = false;
    expect(await backend.errors(window, {})).toHaveLength(1);
  });
});

test('pages to open, with what is asked for', () => {
  const backend = jaegerBackend({ name: 'jaeger', url: 'http://jaeger.test/base/' });
  const link = (to: Parameters<Backend['link']>[0]): string =>
    decodeURIComponent(backend.link(to, { from: 1, to: 2.5 }) ?? '');
  const search = 'http://jaeger.test/base/search?service=catalog&start=1000&end=2500&lookback=custom&limit=20';
  expect(link({ of: 'trace', traceId })).toBe(`http://jaeger.test/base/trace/${traceId}`);
  expect(link({ of: 'service', service: 'catalog' })).toBe(search);
  expect(link({ of: 'endpoint', service: 'catalog', route: 'GET /products' })).toBe(
    `${search}&tags={"http.request.method":"GET","http.route":"/products"}`,
  );
  expect(link({ of: 'query', service: 'catalog', query: 'SELECT 1' })).toBe(
    `${search}&tags={"db.query.text":"SELECT+1"}`,
  );
  expect(link({ of: 'error', service: 'catalog', type: 'TypeError' })).toBe(
    `${search}&tags={"exception.type":"TypeError"}`,
  );
});
