import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { jaeger } from '../../../orchestrator/backends/jaeger/adapter.ts';
import { jaegerProgram } from '../../../orchestrator/backends/jaeger/program.ts';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { type FakeApi, fakeApi } from '../../support/fake-api.ts';
import { knownShop } from '../../support/known-shop.ts';
import { tracesRequest } from '../../support/otlp-data.ts';
import { binaryOf, type RunningProgram, startProgram } from '../../support/program.ts';

const binary = binaryOf('jaeger');

describe.skipIf(!binary)('Jaeger, started as a program', () => {
  const shop = knownShop(Math.floor(Date.now() / 1000) * 1000 - 20 * 60_000);
  let program: RunningProgram;
  let store: TelemetryStore;
  let backend: Backend;

  beforeAll(async () => {
    program = await startProgram(jaegerProgram, binary ?? '');
    store = await openTelemetryStore();
    const settings = jaeger.settings.parse(jaeger.settingsOf?.({ jaeger: program }));
    backend = jaeger.open(settings, { name: 'jaeger', store });
    const { urls } = jaeger.destination(settings) ?? {};
    // In small batches and children first, as exporters of several services send them.
    const spans = shop.spans.toReversed();
    for (let at = 0; at < spans.length; at += 100) {
      const response = await fetch(urls?.traces ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(tracesRequest(spans.slice(at, at + 100))),
      });
      expect(response.status).toBe(200);
    }
    const last = shop.spans.reduce((count, { traceId }) => count + Number(traceId === shop.listings[0]), 0);
    await vi.waitFor(
      async () => {
        const arrived = await backend.trace(shop.listings[0] ?? '');
        expect(arrived?.spans).toHaveLength(last);
      },
      { timeout: 10_000 },
    );
  });

  afterAll(async () => {
    await backend?.close();
    await store?.close();
    await program?.stop();
  });

  backendContract('jaeger', async () => ({ backend, shop }));

  describe('by the API that there was before v3', () => {
    let old: FakeApi;

    beforeAll(async () => {
      old = await fakeApi(async ({ pathname, search }) => {
        if (pathname.startsWith('/api/v3')) return [404, '404 page not found'];
        const response = await fetch(`http://127.0.0.1:${program.ports['query']}${pathname}${search}`);
        return [response.status, await response.text()];
      });
    });
    afterAll(() => old?.close());

    backendContract('jaeger', async () => ({
      backend: jaeger.open(jaeger.settings.parse({ url: old.url }), { name: 'jaeger', store }),
      shop,
    }));
  });

  test('listens only on 127.0.0.1 and at the ports it was given', () => {
    const addresses = [...program.log().matchAll(/"(?:http_addr|grpc_addr|endpoint)": "([^"]+)"/g)].map(([, at]) => at);
    expect(addresses.length).toBeGreaterThan(0);
    const given = Object.values(program.ports).map((port) => `127.0.0.1:${port}`);
    expect(addresses.filter((address) => !given.includes(address ?? ''))).toEqual([]);
  });

  test('what arrives is in the answers within the delay that is promised', async () => {
    const late = knownShop(Math.floor(Date.now() / 1000) * 1000 - 902_000);
    const order = late.spans.filter(({ traceId }) => traceId === late.orders[0]);
    const startMs = Date.now() - 500;
    const now = order.map((span) => ({ ...span, startMs, durationMs: 100 }));
    const window = { from: startMs - 10_000, to: startMs + 10_000 };
    expect(await backend.endpoints(window, {})).toEqual([]);
    await fetch(`http://127.0.0.1:${program.ports['otlp']}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(tracesRequest(now)),
    });
    await new Promise((resolve) => void setTimeout(resolve, backend.pace.delayMs));
    expect((await backend.endpoints(window, {})).map(({ service, count }) => `${service} ${count}`)).toEqual([
      'checkout 1',
      'payment 1',
      'storefront 1',
    ]);
  });
});
