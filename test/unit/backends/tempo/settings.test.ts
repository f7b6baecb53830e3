import { expect, test } from 'vitest';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { tempo } from '../../../../orchestrator/backends/tempo/adapter.ts';
import { tempoBackend } from '../../../../orchestrator/backends/tempo/backend.ts';
import { tempoProgram } from '../../../../orchestrator/backends/tempo/program.ts';
import { settings } from '../../../../orchestrator/backends/tempo/settings.ts';
import { fakeTempo, recordedIn as window, recordedTempo } from './fake-tempo.ts';

const token = 'glsa_0123456789';

function through(url: string) {
  return settings.parse({
    grafana: { url, datasource: 'tempo uid', token: new Secret(token), orgId: 3 },
    tenant: 'shop',
  });
}

test('asked through Grafana: its proxy path, its token, organisation and tenant', async () => {
  const grafana = await recordedTempo();
  await tempoBackend('tempo', through(`${grafana.url}/grafana/`)).endpoints(window, {});
  for (const { url, headers } of grafana.asked) {
    expect(url.pathname).toMatch(
      /^\/grafana\/api\/datasources\/proxy\/uid\/tempo%20uid\/api\/(metrics\/query|search)$/,
    );
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'x-grafana-org-id': '3',
      'x-scope-orgid': 'shop',
    });
  }
});

test('the token is in no error and in no link', async () => {
  const grafana = await fakeTempo(() => ({ status: 401, body: '{"message":"Invalid API key"}' }));
  const backend = tempoBackend('tempo', through(grafana.url));
  const error: unknown = await backend.version().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'backend-unauthorised' });
  expect(
    `${String(error)} ${JSON.stringify(error)} ${backend.link({ of: 'trace', traceId: 'ab' }, window)}`,
  ).not.toContain(token);
});

/** The question in a link to Explore. */
function queryOf(link = ''): unknown {
  const url = new URL(link);
  expect(`${url.origin}${url.pathname}`).toBe('https://grafana.example.com/sub/explore');
  expect(url.searchParams.get('orgId')).toBe('3');
  const { a } = JSON.parse(url.searchParams.get('panes') ?? '{}');
  expect(a).toMatchObject({
    datasource: 'tempo uid',
    range: { from: String(window.from), to: String(window.to) },
    queries: [{ queryType: 'traceql', datasource: { type: 'tempo', uid: 'tempo uid' } }],
  });
  return a.queries[0].query;
}

test('links lead to Explore with the question of the page', () => {
  const backend = tempoBackend('tempo', through('https://grafana.example.com/sub'));
  const service = 'che"ckout';
  expect(queryOf(backend.link({ of: 'trace', traceId: 'ab' }, window))).toBe('ab');
  expect(queryOf(backend.link({ of: 'service', service }, window))).toBe(
    String.raw`{ resource.service.name = "che\"ckout" }`,
  );
  expect(queryOf(backend.link({ of: 'endpoint', service, route: 'POST /orders' }, window))).toBe(
    String.raw`{ resource.service.name = "che\"ckout" && kind = server && span.http.request.method = "POST" && span.http.route = "/orders" }`,
  );
  expect(queryOf(backend.link({ of: 'query', service, query: "SELECT '\n'" }, window))).toContain(
    String.raw`span.db.query.text = "SELECT '\n'"`,
  );
  expect(queryOf(backend.link({ of: 'error', service, type: 'TypeError' }, window))).toContain(
    'event.exception.type = "TypeError"',
  );
});

test('Tempo itself has no pages', () => {
  expect(
    tempoBackend('tempo', settings.parse({ url: 'http://tempo' })).link({ of: 'service', service: 'x' }, window),
  ).toBe(undefined);
});

test('settings: either where it is or through whom', () => {
  expect(settings.parse({ url: 'http://tempo' }).delayMs).toBe(32_000);
  expect(settings.safeParse({}).error?.message).toContain('say either');
  expect(settings.safeParse({ ...through('http://grafana'), url: 'http://tempo' }).success).toBe(false);
  expect(settings.safeParse({ grafana: { url: 'http://grafana', datasource: 'x', token } }).success).toBe(false);
});

test('only traces are sent, to the tenant, and nothing without a receiver', () => {
  expect(tempo.destination({ url: 'http://tempo', delayMs: 0 })).toBeUndefined();
  expect(tempo.destination({ url: 'http://tempo', otlp: 'http://otlp/', tenant: 'shop', delayMs: 0 })).toMatchObject({
    urls: { traces: 'http://otlp/v1/traces' },
    headers: { 'x-scope-orgid': 'shop' },
  });
});

test('the program listens on 127.0.0.1 only, at the ports that it is given', () => {
  const place = { dir: '/run', ports: { http: 7001, grpc: 7002, otlp: 7003 }, others: {} };
  const text = tempoProgram.files(place)['tempo.yaml'] ?? '';
  expect(text).not.toMatch(/0\.0\.0\.0|localhost|undefined/);
  expect(tempoProgram.readyUrl(place)).toBe('http://127.0.0.1:7001/ready');
  expect(tempo.settingsOf?.({ tempo: place })).toEqual({
    url: 'http://127.0.0.1:7001',
    otlp: 'http://127.0.0.1:7003',
    delayMs: 6000,
  });
});
