import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, SpanKind, Window } from '../../../../orchestrator/backends/backend.ts';
import { embeddedBackend } from '../../../../orchestrator/backends/embedded/backend.ts';
import { decode } from '../../../../orchestrator/telemetry/otlp/decode.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../../orchestrator/telemetry/store.ts';
import { computedBackend } from '../../../support/computed-backend.ts';
import { Ids, type SpanInput, tracesRequest } from '../../../support/otlp-data.ts';
import { seeded } from '../../../support/random.ts';

const from = Date.UTC(2026, 0, 5, 9, 0, 0);
const windows: readonly Window[] = [
  { from, to: from + 60_000 },
  { from: from + 10_000, to: from + 11_500 },
  { from: from - 3_600_000, to: from + 3_600_000 },
  { from: from - 10_000_000, to: from - 9_000_000 },
];

const services = ['storefront', 'catalog', 'checkout', 'bank'];
const kinds: readonly SpanKind[] = ['server', 'client', 'client', 'producer', 'consumer', 'internal', 'unspecified'];

/** What instrumentations of any age might write, and some nonsense. */
const values: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  'http.request.method': ['GET', 'POST', ''],
  'http.method': ['GET', 'PUT'],
  'http.route': ['/a', '/b/:id', ''],
  'url.path': ['/a', '/c d'],
  'http.target': ['/old?x=1'],
  'http.response.status_code': [200, 404, 500, 503, '500', 'none', 2.5, 99_999_999_999],
  'http.status_code': [200, 502],
  'db.query.text': ['SELECT 1', 'select 1 -- Ä', ''],
  'db.statement': ['SELECT 2'],
  'db.namespace': ['shop'],
  'db.system': ['postgresql'],
  'peer.service': [...services, 'elsewhere'],
  'server.address': ['127.0.0.1'],
  'shop.country': ['JP', 'DE', 'US'],
  'shop.first': [true, false],
  'shop.order.id': ['1', '2'],
  'shop.size': [1, 2.5, 1000],
  'shop.note': ['', 'x', 'ü'],
  // Regular expressions and JSON pointers have signs of their own.
  'a/b~c': ['x'],
};

function generated(seed: number): readonly SpanInput[] {
  const next = seeded(seed);
  const ids = new Ids(seed * 100_000);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: 120 }, () => ids.trace()).flatMap((traceId) => {
    const spanIds: string[] = [];
    return Array.from({ length: 1 + Math.floor(next() * 7) }, (): SpanInput => {
      const spanId = ids.span();
      const parentSpanId = spanIds.length > 0 && next() < 0.9 ? pick(spanIds) : undefined;
      spanIds.push(spanId);
      const attributes = Object.entries(values)
        .filter(() => next() < 0.35)
        .map(([key, list]) => [key, pick(list)] as const);
      return {
        traceId,
        spanId,
        ...(parentSpanId !== undefined && { parentSpanId }),
        service: pick(services),
        ...(next() < 0.7 && { version: pick(['1.9.0', '1.10.0']) }),
        ...(next() < 0.5 && { resource: { 'shop.country': 'FR', region: pick(['east', 'west']) } }),
        kind: pick(kinds),
        // Now and then on a window's edge, before it or long after it.
        startMs: pick([
          from,
          from + 60_000,
          from - 1,
          from - 90_000,
          from + 700_000,
          ...Array.from({ length: 20 }, () => from + Math.floor(next() * 60_000)),
        ]),
        durationMs: pick([0, 0.001, 12.345, Math.floor(next() * 1e6) / 1000]),
        attributes: Object.fromEntries(attributes),
        failed: next() < 0.2,
        ...(next() < 0.2 && { exception: { type: pick(['TypeError', 'Error']), message: pick(['a', 'b']) } }),
      };
    });
  });
}

/** Every question with filters of every kind. */
const questions: Readonly<Record<string, (backend: Backend, window: Window) => Promise<unknown>>> = {
  endpoints: (backend, window) => backend.endpoints(window, {}),
  'endpoints by version': (backend, window) => backend.endpoints(window, { byVersion: true }),
  'endpoints of one': (backend, window) => backend.endpoints(window, { service: 'catalog', route: 'GET /b/:id' }),
  'endpoints of no route': (backend, window) => backend.endpoints(window, { route: '/a' }),
  queries: (backend, window) => backend.queries(window, {}),
  'queries of one': (backend, window) => backend.queries(window, { service: 'catalog', contains: 'ä' }),
  traces: (backend, window) => backend.traces(window, { limit: 1000 }),
  'some traces': (backend, window) => backend.traces(window, { limit: 7.9 }),
  'no traces': (backend, window) => backend.traces(window, { limit: -1 }),
  'traces with errors': (backend, window) => backend.traces(window, { error: true, service: 'bank', limit: 1000 }),
  'traces without': (backend, window) => backend.traces(window, { error: false, route: 'GET /a', limit: 1000 }),
  'slow traces': (backend, window) => backend.traces(window, { minDurationMs: 12.345, limit: 1000 }),
  'traces by attributes': (backend, window) =>
    backend.traces(window, { attributes: { 'shop.country': 'FR', 'shop.first': 'true' }, limit: 1000 }),
  'traces by strange attributes': (backend, window) =>
    backend.traces(window, { attributes: { 'a/b~c': 'x', 'shop.size': '2.5' }, limit: 1000 }),
  errors: (backend, window) => backend.errors(window, {}),
  'errors of one': (backend, window) => backend.errors(window, { service: 'checkout' }),
  dependencies: (backend, window) => backend.dependencies(window),
  'tendency of errors': (backend, window) => backend.tendency(window, { service: 'catalog', bad: { error: true } }),
  'tendency of slow ones': (backend, window) =>
    backend.tendency(window, { service: 'checkout', route: 'GET /a', bad: { slowerThanMs: 12.345 } }),
  'tendency of none': (backend, window) => backend.tendency(window, { service: 'bank', bad: { slowerThanMs: 1e9 } }),
};

/** Sums are not taken in the same order everywhere. */
function near(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (_key, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? (expect.closeTo(value, 6) as unknown) : value,
  );
}

describe.each([1, 2, 3, 4, 5])('computed from the spans of seed %i, as the embedded backend says:', (seed) => {
  const spans = generated(seed);
  const computed = computedBackend(spans);
  let store: TelemetryStore;
  let embedded: Backend;

  beforeAll(async () => {
    store = await openTelemetryStore();
    const { records, rejected } = decode('traces', 'json', Buffer.from(JSON.stringify(tracesRequest(spans))));
    expect(rejected).toBe(0);
    store.add(records, 0);
    embedded = embeddedBackend(store);
  });

  afterAll(() => store.close());

  test.each(Object.entries(questions))('%s', async (_question, ask) => {
    for (const window of windows) {
      expect(await ask(computed, window)).toEqual(near(await ask(embedded, window)));
    }
  });
});
