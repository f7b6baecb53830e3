import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Records, SpanRecord } from '../../../orchestrator/telemetry/records.ts';
import { SpanRows } from '../../../orchestrator/telemetry/span-rows.ts';
import { openTelemetryStore } from '../../../orchestrator/telemetry/store.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "showrunner-o'store-"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function spanAt(startNs: bigint, more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    traceId: 'a'.repeat(32),
    spanId: startNs.toString(16).padStart(16, '0'),
    parentSpanId: null,
    source: { service: 'cart', version: null, json: '{}' },
    name: 'span',
    kind: 2,
    startNs,
    durationNs: 1n,
    status: 0,
    statusMessage: null,
    attributes: {},
    events: [],
    ...more,
  };
}

function batch(spans: readonly SpanRecord[]): Records {
  return { spans: SpanRows.of(spans), exceptions: [], logs: [], points: [] };
}

const exception = { traceId: 'a'.repeat(32), service: 'cart', type: 'Error', message: 'no', startNs: 1n };
const log = {
  timeNs: 1n,
  source: { service: 'cart', version: null, json: '{}' },
  severity: 9,
  body: 'hello',
  traceId: null,
  spanId: null,
  attributes: {},
};

const count = 'SELECT count(*)::INTEGER AS n, min(start_ns) AS oldest, max(start_ns) AS newest FROM spans';

describe.each(['in memory', 'in a folder'])('a store %s', (where) => {
  const open = (keep = {}) => openTelemetryStore(where === 'in memory' ? { keep } : { dir: join(dir, 'deep'), keep });

  test('answers with everything that was added, without waiting for a flush', async () => {
    const store = await open();
    store.add(batch([spanAt(1n), spanAt(2n)]), 100);
    expect(store.queuedBytes).toBe(100);
    expect(await store.query(count, {})).toEqual([{ n: 2, oldest: 1n, newest: 2n }]);
    expect(store.queuedBytes).toBe(0);
    await store.close();
  });

  test('keeps every nanosecond', async () => {
    const store = await open();
    const startNs = 1_767_600_000_123_456_789n;
    store.add(batch([spanAt(startNs)]), 1);
    const sql = 'SELECT start_ns FROM spans WHERE start_ns >= $from AND start_ns < $to';
    expect(await store.query(sql, { from: startNs, to: startNs + 1n })).toEqual([{ start_ns: startNs }]);
    expect(await store.query(sql, { from: startNs + 1n, to: startNs + 2n })).toEqual([]);
    await store.close();
  });

  test('deletes the oldest rows beyond its bound, in whatever order they came', async () => {
    const store = await open({ spans: 5000 });
    const starts = Array.from({ length: 40_000 }, (_, index) => BigInt(((index * 7919) % 40_000) + 1));
    for (let at = 0; at < starts.length; at += 1000) {
      store.add(batch(starts.slice(at, at + 1000).map((start) => spanAt(start))), 1);
      await store.query('SELECT 1', {});
    }
    const [row] = await store.query<{ n: number; newest: bigint }>(count, {});
    expect(row?.newest).toBe(40_000n);
    // Old rows are deleted at checkpoints, every 16 384 rows, so that much may be there on top.
    expect(row?.n).toBeGreaterThanOrEqual(5000);
    expect(row?.n).toBeLessThanOrEqual(5500 + 16_384);
    await store.close();
  });

  test('takes text with quotes, emoji, NUL and no text at all', async () => {
    const store = await open();
    const name = `'; DROP TABLE spans; -- "\u0000" 🎭 注文`;
    store.add(batch([spanAt(1n, { name, attributes: { name } }), spanAt(2n, { name: '' })]), 1);
    expect(await store.query('SELECT name FROM spans ORDER BY start_ns', {})).toEqual([{ name }, { name: '' }]);
    expect(await store.query(`SELECT name FROM spans WHERE name = $name`, { name })).toEqual([{ name }]);
    await store.close();
  });

  test('writes by itself, also without a question', async () => {
    const store = await open();
    store.add(batch([spanAt(1n)]), 7);
    await expect.poll(() => store.queuedBytes, { timeout: 5000 }).toBe(0);
    await store.close();
  });

  test('refuses records and questions once it is closed, and may be closed twice', async () => {
    const store = await open();
    await store.close();
    await store.close();
    expect(() => store.add(batch([spanAt(1n)]), 1)).toThrow('the telemetry store is closed');
    await expect(store.query(count, {})).rejects.toThrow('the telemetry store is closed');
  });

  test('is broken for good when acknowledged records cannot be written', async () => {
    const store = await open();
    store.add(batch([spanAt(1n)]), 1);
    await store.query('DROP TABLE spans', {});
    store.add(batch([spanAt(2n)]), 1);
    await expect(store.query('SELECT 1', {})).rejects.toThrow('the telemetry store is broken');
    expect(() => store.add(batch([]), 1)).toThrow('the telemetry store is broken');
    await store.close();
  });

  test('counts what is in the database, and what was accepted and never will be', async () => {
    const store = await open();
    store.add({ ...batch([spanAt(1n), spanAt(2n)]), exceptions: [exception], logs: [log] }, 1);
    expect(await store.count()).toEqual({ written: 3, lost: 0 });
    await store.query('DROP TABLE spans', {});
    store.add(batch([spanAt(3n), spanAt(4n)]), 1);
    expect(await store.count()).toEqual({ written: 3, lost: 2 });
    await store.close();
    expect(await store.count()).toEqual({ written: 3, lost: 2 });
  });

  test('takes more spans at once than fit into a chunk or a row group, each with its own texts', async () => {
    const store = await open();
    const rows = 40_000;
    const spans = Array.from({ length: rows }, (_, index) =>
      spanAt(BigInt(index + 1), {
        name: `n${index}`,
        parentSpanId: index % 3 === 0 ? null : 'p'.repeat(16),
        statusMessage: index % 2 === 0 ? null : `a message that is longer than twelve bytes ${index}`,
        attributes: { 'http.request.method': 'GET', 'http.response.status_code': index % 600, n: index },
      }),
    );
    store.add(batch(spans.slice(0, 100)), 1);
    store.add(batch(spans.slice(100)), 1);
    const sql = `
      SELECT count(*)::INTEGER AS n, count(parent_id)::INTEGER AS parents, count(DISTINCT span_id)::INTEGER AS ids,
        (count(*) FILTER (name = 'n' || (start_ns - 1) AND method = 'GET' AND http_status = (start_ns - 1) % 600
          AND status_message IS NOT DISTINCT FROM CASE WHEN start_ns % 2 = 0 THEN 'a message that is longer than twelve bytes ' || (start_ns - 1) END
          AND json_extract(attributes, 'n')::BIGINT = start_ns - 1))::INTEGER AS own
      FROM spans`;
    expect(await store.query(sql, {})).toEqual([
      { n: rows, parents: rows - Math.ceil(rows / 3), ids: rows, own: rows },
    ]);
    expect(await store.count()).toEqual({ written: rows, lost: 0 });
    await store.close();
  });

  test('keeps batches apart that have as much text', async () => {
    const store = await open();
    for (let index = 0; index < 20; index += 1) {
      store.add(batch([spanAt(BigInt(index), { traceId: String(index).padStart(32, 'a') })]), 1);
      // Written, so that the next batch gets the memory of this one.
      await store.query('SELECT 1', {});
    }
    expect(await store.query('SELECT trace_id FROM spans ORDER BY start_ns', {})).toEqual(
      Array.from({ length: 20 }, (_, index) => ({ trace_id: String(index).padStart(32, 'a') })),
    );
    await store.close();
  });

  test('goes on after a wrong question', async () => {
    const store = await open();
    await expect(store.query('SELECT nothing FROM nowhere', {})).rejects.toThrow('nowhere');
    store.add(batch([spanAt(1n)]), 1);
    expect(await store.query('SELECT count(*)::INTEGER AS n FROM spans', {})).toEqual([{ n: 1 }]);
    await store.close();
  });
});

test('a store in a folder has no file that a crash could leave, and removes its folder', async () => {
  const store = await openTelemetryStore({ dir });
  // Enough for checkpoints, which write to the file.
  for (let at = 0; at < 20; at += 1) {
    store.add(batch(Array.from({ length: 2048 }, (_, index) => spanAt(BigInt(at * 2048 + index)))), 1);
    await store.query('SELECT 1', {});
  }
  expect(await store.query(count, {})).toEqual([{ n: 40_960, oldest: 0n, newest: 40_959n }]);
  expect(readdirSync(dir)).toEqual([]);
  await store.close();
  expect(existsSync(dir)).toBe(false);
});

test('a folder that cannot be made is an error of the environment, with a hint', async () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  await expect(openTelemetryStore({ dir: join(file, 'folder') })).rejects.toMatchObject({
    code: 'store-cannot-open',
    exitCode: 3,
  });
  expect(existsSync(file)).toBe(true);
});
