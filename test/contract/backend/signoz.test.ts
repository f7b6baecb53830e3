import { afterAll, expect, test } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { Secret } from '../../../orchestrator/backends/secret.ts';
import { signozBackend } from '../../../orchestrator/backends/signoz/backend.ts';
import { settings } from '../../../orchestrator/backends/signoz/settings.ts';
import { backendContract } from '../../support/backend-contract.ts';
import { knownShop } from '../../support/known-shop.ts';
import { deliver, logsRequest, metricsRequest, tracesRequest } from '../../support/otlp-data.ts';
import { type SignozStandIn, startSignozStandIn } from '../../support/signoz-stand-in/index.ts';

const shop = knownShop();
const apiKey = 'key-of-a-service-account';
const stops: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const stop of stops) await stop();
});

async function standIn(): Promise<SignozStandIn> {
  const started = await startSignozStandIn({ apiKey });
  stops.push(() => started.close());
  // In small batches and children first, as exporters of several services send them.
  const spans = shop.spans.toReversed();
  for (let at = 0; at < spans.length; at += 100) {
    await deliver(started.otlp, '/v1/traces', tracesRequest(spans.slice(at, at + 100)));
  }
  await deliver(started.otlp, '/v1/logs', logsRequest(shop.logs));
  await deliver(started.otlp, '/v1/metrics', metricsRequest(shop.metrics));
  return started;
}

async function open(): Promise<Backend> {
  const { url } = await standIn();
  return signozBackend('signoz', settings.parse({ url, apiKey: new Secret(apiKey) }));
}

// A stand-in: SigNoz needs ClickHouse and four programs more, which no CI of ours starts.
backendContract('signoz', async () => ({ backend: await open(), shop }));

test('the stand-in says that it is one', async () => {
  const backend = await open();
  expect(await backend.version()).toBe('v0.138.0 (stand-in)');
});
