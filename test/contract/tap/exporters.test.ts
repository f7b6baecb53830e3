import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { embeddedBackend } from '../../../orchestrator/backends/embedded/backend.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Tap } from '../../../orchestrator/telemetry/tap.ts';

const sender = fileURLToPath(new URL('../../support/otlp-sender.ts', import.meta.url));
let store: TelemetryStore;
let tap: Tap;

beforeEach(async () => {
  store = await openTelemetryStore();
  tap = await startTap({ store });
});

afterEach(async () => {
  await tap.close();
  await store.close();
});

async function sendWith(protocol: string, compression: string): Promise<void> {
  const env = {
    PATH: process.env['PATH'],
    OTEL_EXPORTER_OTLP_ENDPOINT: tap.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_COMPRESSION: compression,
    OTEL_SERVICE_NAME: 'checkout',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.10.0,deployment.id=run-1',
  };
  const { stderr } = await promisify(execFile)(process.execPath, [sender], { env, timeout: 20_000 });
  expect(stderr).toBe('');
}

describe.each([
  ['http/json', 'none'],
  ['http/json', 'gzip'],
  ['http/protobuf', 'none'],
  ['http/protobuf', 'gzip'],
])('the OpenTelemetry SDK over %s, compression %s', (protocol, compression) => {
  test('delivers its spans, log records and metrics unchanged', async () => {
    const before = Date.now();
    await sendWith(protocol, compression);
    const window = { from: before, to: Date.now() + 1 };
    const backend = embeddedBackend(store);

    expect(tap.received()).toEqual({ spans: 2, logs: 1, metrics: 2 });
    expect(tap.rejected()).toBe(0);
    expect(await tap.spansOf('checkout', window)).toBe(2);
    expect(await tap.spansOf('cart', window)).toBe(0);
    expect(await tap.spansOf('checkout', { from: window.to, to: window.to + 1 })).toBe(0);

    const [found] = await backend.traces(window, { route: 'POST /orders', limit: 1 });
    const [server, query] = found?.spans ?? [];
    expect(server).toMatchObject({
      service: 'checkout',
      version: '1.10.0',
      kind: 'server',
      status: 'error',
      attributes: { 'shop.customer.country': 'DE', 'shop.weight': 1.5, 'shop.gift': true, 'shop.items': '["a","b"]' },
      events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'no rate' } }],
    });
    expect(server?.startMs).toBeGreaterThanOrEqual(before);
    expect(server?.durationMs).toBeLessThan(window.to - before);
    expect(query).toMatchObject({
      kind: 'client',
      parentSpanId: server?.spanId,
      attributes: { 'db.query.text': 'INSERT 1' },
    });

    expect(await backend.logs(window, { traceId: found?.traceId ?? '', limit: 9 })).toMatchObject([
      {
        service: 'checkout',
        severity: 17,
        body: '注文に失敗しました',
        spanId: server?.spanId,
        attributes: { code: 7 },
      },
    ]);
    expect(await backend.metrics(window, { name: 'shop.orders' })).toMatchObject([
      { unit: '{order}', value: 3, attributes: { country: 'DE' } },
    ]);
    expect(await backend.metrics(window, { name: 'shop.duration' })).toMatchObject([
      { unit: 's', count: 1, sum: 0.25 },
    ]);
  });
});
