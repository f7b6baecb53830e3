import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../../orchestrator/backends/backend.ts';
import { embeddedBackend } from '../../../orchestrator/backends/embedded/backend.ts';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Tap } from '../../../orchestrator/telemetry/tap.ts';
import { backendContract, clauses } from '../../support/backend-contract.ts';
import { knownShop } from '../../support/known-shop.ts';
import { deliver, logsRequest, metricsRequest, tracesRequest } from '../../support/otlp-data.ts';

const shop = knownShop();
let dir: string;
let store: TelemetryStore;
let tap: Tap;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'showrunner-backend-'));
  store = await openTelemetryStore({ dir });
  tap = await startTap({ store });
  // In small batches and children first, as exporters of several services send them.
  const spans = shop.spans.toReversed();
  for (let at = 0; at < spans.length; at += 100) {
    await deliver(tap.endpoint, '/v1/traces', tracesRequest(spans.slice(at, at + 100)));
  }
  await deliver(tap.endpoint, '/v1/logs', logsRequest(shop.logs));
  await deliver(tap.endpoint, '/v1/metrics', metricsRequest(shop.metrics));
});

afterAll(async () => {
  await tap.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

backendContract('embedded', async () => ({ backend: embeddedBackend(store), shop }));

/** Backends that are wrong in one way; the clauses must not be satisfied with any of them. */
const lies: Readonly<Record<string, (backend: Backend) => Partial<Backend>>> = {
  'swaps two services': (backend) => ({
    endpoints: async (...question) =>
      (await backend.endpoints(...question)).map((row) => ({
        ...row,
        service: row.service === 'payment' ? 'checkout' : row.service,
      })),
  }),
  'drops half of the spans': (backend) => ({
    endpoints: async (...question) =>
      (await backend.endpoints(...question)).map((row) => ({ ...row, count: Math.ceil(row.count / 2) })),
    traces: async (...question) =>
      (await backend.traces(...question)).map((trace) => ({
        ...trace,
        spans: trace.spans.filter((_, index) => index % 2 === 0),
      })),
  }),
  'counts one request too many': (backend) => ({
    endpoints: async (...question) =>
      (await backend.endpoints(...question)).map((row) => ({ ...row, count: row.count + 1 })),
  }),
  'says p95 where it has the maximum': (backend) => ({
    endpoints: async (...question) => (await backend.endpoints(...question)).map((row) => ({ ...row, p95Ms: 100 })),
  }),
  'includes the end of the window': (backend) => ({
    endpoints: ({ from, to }, filter) => backend.endpoints({ from, to: to + 1 }, filter),
  }),
  'excludes the start of the window': (backend) => ({
    endpoints: ({ from, to }, filter) => backend.endpoints({ from: from + 1, to }, filter),
  }),
  'knows no version': (backend) => ({
    endpoints: (window, filter) => backend.endpoints(window, { ...filter, byVersion: false }),
  }),
  'takes client errors for queries without errors': (backend) => ({
    queries: async (...question) => (await backend.queries(...question)).map((row) => ({ ...row, errorCount: 0 })),
  }),
  'loses a span of each trace': (backend) => ({
    traces: async (...question) =>
      (await backend.traces(...question)).map((trace) => ({ ...trace, spans: trace.spans.slice(0, -1) })),
  }),
  'gives the oldest traces first': (backend) => ({
    traces: async (...question) => (await backend.traces(...question)).toReversed(),
  }),
  'drops events': (backend) => ({
    trace: async (id) => {
      const trace = await backend.trace(id);
      return trace && { ...trace, spans: trace.spans.map((span) => ({ ...span, events: [] })) };
    },
  }),
  'ignores the attribute filter': (backend) => ({
    traces: (window, filter) => backend.traces(window, { ...filter, attributes: {} }),
  }),
  'counts an exception twice': (backend) => ({
    errors: async (...question) =>
      (await backend.errors(...question)).map((group) => ({ ...group, count: group.count * 2 })),
  }),
  'draws the arrows the wrong way': (backend) => ({
    dependencies: async (window) =>
      (await backend.dependencies(window)).map((edge) => ({ ...edge, from: edge.to, to: edge.from })),
  }),
  'does not see the bank': (backend) => ({
    dependencies: async (window) => (await backend.dependencies(window)).filter((edge) => edge.kind !== 'external'),
  }),
  'confuses bad and good': (backend) => ({
    tendency: async (...question) =>
      (await backend.tendency(...question)).map((row) => ({
        ...row,
        badCount: row.goodCount,
        goodCount: row.badCount,
      })),
  }),
  'ignores severity': (backend) => ({
    logs: (window, filter) => backend.logs(window, { ...filter, minSeverity: 0 }),
  }),
  'mixes up metrics': (backend) => ({
    metrics: (window) => backend.metrics(window, { name: 'http.server.request.duration' }),
  }),
};

describe('the contract is not satisfied with a backend that', () => {
  for (const [lie, change] of Object.entries(lies)) {
    test(lie, async () => {
      const honest = embeddedBackend(store);
      const liar: Backend = { ...honest, ...change(honest) };
      const outcomes = await Promise.allSettled(clauses.map((clause) => clause.check(liar, shop)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).not.toHaveLength(0);
    });
  }
});

test('a backend whose store is broken throws instead of saying that there is nothing', async () => {
  const broken = await openTelemetryStore();
  const backend = embeddedBackend(broken);
  expect(await backend.endpoints({ from: 0, to: 1 }, {})).toEqual([]);
  await broken.close();
  await expect(backend.endpoints({ from: 0, to: 1 }, {})).rejects.toThrow('closed');
  await expect(backend.trace('a'.repeat(32))).rejects.toThrow('closed');
});
