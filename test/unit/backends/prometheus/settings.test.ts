import { expect, test } from 'vitest';
import { prometheus } from '../../../../orchestrator/backends/prometheus/adapter.ts';
import { prometheusSettings } from '../../../../orchestrator/backends/prometheus/settings.ts';
import { Secret } from '../../../../orchestrator/backends/secret.ts';
import { fakePrometheus, window } from './fake-prometheus.ts';

const password = new Secret('s3cret');

test('the key goes into the question and into no error', async () => {
  const fake = await fakePrometheus({ buildinfo: { status: 401, body: {} } });
  const error: unknown = await fake
    .backend({ login: { user: 'reader', password } })
    .version()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'backend-unauthorised' });
  expect(`${String(error)}${JSON.stringify(error)}`).not.toMatch(/s3cret|czNjcmV0/);
  await fake
    .backend({ token: password })
    .version()
    .catch(() => undefined);
  expect(fake.asked.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from('reader:s3cret').toString('base64')}`,
    'Bearer s3cret',
  ]);
});

test('one way to log in', () => {
  const both = { url: 'http://127.0.0.1:9090', token: password, login: { user: 'reader', password } };
  expect(prometheusSettings.safeParse(both).error?.issues).toMatchObject([{ path: ['token'] }]);
});

test('metrics of the shop cannot be asked for where they are not sent, nor queries that are not counted', async () => {
  const { backend } = await fakePrometheus();
  const { how, remarks, metrics, queries } = backend({ hasQueries: false });
  expect(how).toMatchObject({ endpoints: 'native', queries: 'unsupported', metrics: 'unsupported' });
  expect(remarks).toMatchObject({
    queries: expect.stringContaining('db.query.text'),
    metrics: expect.stringContaining('otlp.metrics'),
  });
  await expect(metrics(window, { name: 'x' })).rejects.toThrow('otlp.metrics');
  await expect(queries(window, {})).rejects.toThrow('db.query.text');
});

test('traces go to the collector, metrics to Prometheus', () => {
  const settings = prometheus.settingsOf?.({
    jaeger: { ports: { otlp: 1, metrics: 2, health: 3 } },
    prometheus: { ports: { web: 4 } },
  });
  expect(prometheus.destination(prometheus.settings.parse(settings))).toMatchObject({
    urls: { traces: 'http://127.0.0.1:1/v1/traces', metrics: 'http://127.0.0.1:4/api/v1/otlp/v1/metrics' },
    headers: {},
  });
  expect(prometheus.destination({ url: 'http://127.0.0.1:9090' })).toBeUndefined();
});

test('the second program scrapes the first', () => {
  const [, program] = prometheus.programs ?? [];
  const others = { jaeger: { ports: { metrics: 4711 } } };
  const files = program?.files({ dir: '/tmp/x', ports: { web: 1 }, others });
  expect(files?.['prometheus.yml']).toContain("targets: ['127.0.0.1:4711']");
});

test('links lead to a graph of the page', async () => {
  const { backend, url } = await fakePrometheus();
  const link = backend().link({ of: 'query', service: 'catalog', query: 'SELECT "a"' }, window) ?? '';
  expect(link.startsWith(`${url}/graph?`)).toBe(true);
  const { searchParams } = new URL(link);
  expect(searchParams.get('g0.expr')).toContain(String.raw`db_query_text="SELECT \"a\""`);
  expect(searchParams.get('g0.end_input')).toBe('2026-11-24 18:01:00');
});
