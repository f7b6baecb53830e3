import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ReadApis, serveReadApis } from '../../../orchestrator/backends/embedded/serve/server.ts';
import { jaegerProgram } from '../../../orchestrator/backends/jaeger/program.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Tap } from '../../../orchestrator/telemetry/tap.ts';
import { callJaeger, type JaegerAnswer, jaegerCalls } from '../../support/jaeger-calls.ts';
import { knownShop } from '../../support/known-shop.ts';
import { post, tracesRequest } from '../../support/otlp-data.ts';
import { binaryOf, type RunningProgram, startProgram } from '../../support/program.ts';

const shop = knownShop();
const calls = jaegerCalls(shop);
/** What Jaeger 2.13 answered, one call a line; written by the test below with `--update`. */
const recording = join(import.meta.dirname, '../../fixtures/backends/jaeger-ui/answers.jsonl');

async function send(endpoint: string): Promise<void> {
  for (let at = 0; at < shop.spans.length; at += 100) {
    const response = await post(endpoint, '/v1/traces', tracesRequest(shop.spans.slice(at, at + 100)));
    expect(response.status).toBe(200);
  }
}

describe('the embedded backend, asked as Jaeger', () => {
  const recorded = new Map(
    (existsSync(recording) ? readFileSync(recording, 'utf8') : '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JaegerAnswer & { name: string })
      .map(({ name, ...answer }) => [name, answer]),
  );
  let store: TelemetryStore;
  let tap: Tap;
  let apis: ReadApis;

  beforeAll(async () => {
    store = await openTelemetryStore();
    tap = await startTap({ store });
    apis = await serveReadApis(store, 0);
    await send(tap.endpoint);
  });

  afterAll(async () => {
    await apis?.close();
    await tap?.close();
    await store?.close();
  });

  test('every call has been recorded', () => {
    expect([...recorded.keys()]).toEqual(calls.map(({ name }) => name));
  });

  test.each(calls)('answers like Jaeger 2.13: $name', async (call) => {
    expect(await callJaeger(apis.url, call)).toEqual(recorded.get(call.name));
  });
});

const binary = binaryOf('jaeger');

describe.skipIf(!binary)('Jaeger itself', () => {
  let program: RunningProgram;
  let url: string;

  beforeAll(async () => {
    program = await startProgram(jaegerProgram, binary ?? '');
    url = `http://127.0.0.1:${program.ports['query']}`;
    await send(`http://127.0.0.1:${program.ports['otlp']}`);
    const all = calls.find(({ name }) => name === 'v3: search of everything');
    await vi.waitFor(async () => expect(all && (await callJaeger(url, all)).body).toEqual({ traces: 143 }), {
      timeout: 10_000,
    });
  });

  afterAll(async () => {
    await program?.stop();
  });

  test('answers as recorded', async () => {
    const lines: string[] = [];
    for (const call of calls) lines.push(JSON.stringify({ name: call.name, ...(await callJaeger(url, call)) }));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(recording);
  });
});
