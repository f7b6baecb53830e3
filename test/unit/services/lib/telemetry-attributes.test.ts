import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { legacyDatabaseAttributes, peersByOrigin } from '../../../../services/lib/telemetry-attributes.ts';

function attributesOfSpanWith(attributes: Record<string, string>): Record<string, unknown> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [legacyDatabaseAttributes, new SimpleSpanProcessor({ exporter })],
  });
  const span = provider.getTracer('test').startSpan('query');
  span.setAttributes(attributes);
  span.end();
  return exporter.getFinishedSpans()[0]?.attributes ?? {};
}

it('gives database spans both generations of attributes, whenever they were set', () => {
  expect(
    attributesOfSpanWith({ 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'db.query.text': 'select 1' }),
  ).toEqual({
    'db.system.name': 'postgresql',
    'db.system': 'postgresql',
    'db.namespace': 'shop',
    'db.name': 'shop',
    'db.query.text': 'select 1',
    'db.statement': 'select 1',
    'db.operation.name': 'SELECT',
    'db.operation': 'SELECT',
  });
});

it('leaves other spans alone', () => {
  expect(attributesOfSpanWith({ 'http.route': '/products' })).toEqual({ 'http.route': '/products' });
});

it('names the peer behind each origin, but neither the database nor the flags', () => {
  const peers = peersByOrigin({
    CATALOG_URL: 'http://127.0.0.1:4001/base/',
    BANK_URL: 'http://127.0.0.1:4002',
    DATABASE_URL: 'postgres://127.0.0.1/shop',
    FLAGS_URL: 'http://127.0.0.1:4003/flags',
    PORT: '4000',
  });
  expect([...peers]).toEqual([
    ['http://127.0.0.1:4001', 'catalog'],
    ['http://127.0.0.1:4002', 'bank'],
  ]);
});
