import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../../orchestrator/clock/real-clock.ts';
import { catalogue } from '../../../orchestrator/faults/catalogue/index.ts';
import type { Injected, Levers, Proof } from '../../../orchestrator/faults/fault.ts';
import { type FlagSource, startFlagSource } from '../../../orchestrator/faults/levers/flag-source.ts';
import { createPostgresLever } from '../../../orchestrator/faults/levers/postgres-lever.ts';
import { createToxiproxyLever } from '../../../orchestrator/faults/levers/toxiproxy-lever.ts';
import { loadShop } from '../../../orchestrator/runtime/load-shop.ts';
import { processRuntime } from '../../../orchestrator/runtime/process/runtime.ts';
import type { RunningShop } from '../../../orchestrator/runtime/runtime.ts';
import { type OtlpSink, startOtlpSink } from '../../support/otlp-sink.ts';

// Every fault of the catalogue on the real shop: put in force, proven at its source under a little traffic, taken back, proven gone.

let runDir: string;
let sink: OtlpSink;
let flags: FlagSource;
let shop: RunningShop;
let levers: Levers;

beforeAll(async () => {
  runDir = await mkdtemp(path.join(tmpdir(), 'faults-'));
  const described = await loadShop();
  sink = await startOtlpSink();
  flags = await startFlagSource({ definitions: described.flags });
  shop = await processRuntime.start({
    runId: path.basename(runDir),
    shop: described,
    seed: '42',
    runDir,
    cacheDir: path.join(runDir, 'cache'),
    otlpEndpoint: sink.url,
    flagsUrl: flags.url,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  levers = {
    flags: flags.lever,
    database: createPostgresLever(shop.database.connectionString),
    network: createToxiproxyLever(shop.network),
    shop,
  };
}, 120_000);

afterAll(async () => {
  await levers?.database.close();
  await shop?.stop();
  await flags?.close();
  await sink?.close();
  await rm(runDir, { recursive: true, force: true });
}, 60_000);

async function post(route: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${shop.url}${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

/** One order of a customer in Switzerland, who lives in no canton. */
async function order(): Promise<void> {
  const { id: cartId } = await post('/api/carts', {});
  await post(`/api/carts/${String(cartId)}/items`, { productId: 1, quantity: 1 });
  await post('/api/orders', {
    cartId,
    customer: { country: 'CH', plan: 'free' },
    payment: { brand: 'visa' },
    appVersion: '5.0.1',
  });
}

async function list(): Promise<void> {
  await (await fetch(`${shop.url}/api/products?category=chairs&page=1`)).arrayBuffer();
}

/** Looks until it is proven, with a little traffic between the looks; as patient as a show. */
async function polled(look: () => Promise<Proof>): Promise<Proof> {
  const end = performance.now() + 20_000;
  for (;;) {
    await Promise.all([list(), list(), order()]);
    const seen = await look();
    if (seen.proven || performance.now() > end) return seen;
    await sleep(300);
  }
}

function inject(name: string): Promise<Injected> {
  const fault = catalogue[name];
  if (!fault) throw new Error(`no fault ${name}`);
  return fault.inject({
    on: fault.targets[0] ?? '',
    intensity: 1,
    with: fault.with.parse({}),
    levers,
    clock: realClock,
    signal: new AbortController().signal,
  });
}

/** What the runtime has no means for is refused when a show is loaded, and never gets here. */
const playable = Object.keys(catalogue).filter((name) =>
  catalogue[name]?.needs.every((need) => processRuntime.capabilities.has(need)),
);

test.each(playable)('%s is proven while it is in force, and gone after its undo', async (name) => {
  const versions = ['catalog', 'checkout'].map((service) => shop.version(service));
  const injected = await inject(name);
  try {
    expect(await polled(() => injected.proof())).toMatchObject({ proven: true });
    await list();
    expect(await injected.undone()).toMatchObject({ proven: false });
  } finally {
    await injected.undo();
  }
  expect(await polled(() => injected.undone())).toMatchObject({ proven: true });
  expect(['catalog', 'checkout'].map((service) => shop.version(service))).toEqual(versions);
  expect(flags.lever.changed()).toEqual([]);
});
