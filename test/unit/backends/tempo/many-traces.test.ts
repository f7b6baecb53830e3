import { expect, test } from 'vitest';
import { tempoBackend } from '../../../../orchestrator/backends/tempo/backend.ts';
import { tracesRequest } from '../../../support/otlp-data.ts';
import { type FakeTempo, fakeTempo } from './fake-tempo.ts';

const from = Date.UTC(2026, 0, 5);
const count = 900;
const window = { from, to: from + count };
const filter = { service: 'checkout', route: 'POST /orders' };

function idOf(index: number): string {
  return index.toString(16).padStart(32, '0');
}

/** Every third order fails, all of them by amex; of the others a tenth is. */
function orderOf(index: number) {
  const isBad = index % 3 === 0;
  return {
    service: 'checkout',
    traceId: idOf(index),
    spanId: index.toString(16).padStart(16, 'b'),
    kind: 'server' as const,
    startMs: from + index,
    durationMs: 5,
    failed: isBad,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/orders',
      'shop.payment.brand': isBad || index % 10 === 1 ? 'amex' : 'visa',
    },
  };
}

/** As Tempo finds them: in no order, and their ids without leading zeros. */
function hitsOf(query: string): unknown {
  const wanted = query.includes('!(') ? [1, 2] : query.includes('status = error') ? [0] : [0, 1, 2];
  const found = Array.from({ length: count }, (_, index) => (index * 7) % count).filter((index) =>
    wanted.includes(index % 3),
  );
  return {
    traces: found.map((index) => ({
      traceID: (index + 1).toString(16),
      spanSets: [{ spans: [{ startTimeUnixNano: `${from + index}000000`, durationNanos: '5000000' }], matched: 1 }],
    })),
    metrics: {},
  };
}

function busyTempo(): Promise<FakeTempo> {
  return fakeTempo(({ pathname, searchParams }) => {
    if (pathname === '/api/search') return { body: JSON.stringify(hitsOf(searchParams.get('q') ?? '')) };
    const index = Number.parseInt(pathname.slice(-32), 16) - 1;
    return { body: JSON.stringify({ trace: tracesRequest([{ ...orderOf(index), traceId: idOf(index + 1) }]) }) };
  });
}

test('the newest traces, whatever order a search has, and no others are fetched', async () => {
  const tempo = await busyTempo();
  const found = await tempoBackend('tempo', { url: tempo.url, delayMs: 0 }).traces(window, { ...filter, limit: 3 });
  expect(found.map(({ traceId }) => traceId)).toEqual([idOf(900), idOf(899), idOf(898)]);
  expect(tempo.asked).toHaveLength(4);
});

test('a tendency of samples says how many there are', async () => {
  const tempo = await busyTempo();
  const backend = tempoBackend('tempo', { url: tempo.url, delayMs: 0 });
  const rows = await backend.tendency(window, { ...filter, bad: { error: true } });
  expect(rows).toMatchObject([{ attribute: 'shop.payment.brand', value: 'amex', badCount: 300, badShare: 1 }]);
  const [row] = rows;
  // 60 of the 600 others are by amex.
  expect(row?.goodShare).toBeGreaterThan(0.05);
  expect(row?.goodShare).toBeLessThan(0.2);
  expect(row?.goodCount).toBeCloseTo(600 * (row?.goodShare ?? 0), 0);
  expect(tempo.asked).toHaveLength(82);
});
