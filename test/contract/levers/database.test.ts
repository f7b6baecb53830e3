import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../../orchestrator/clock/real-clock.ts';
import { lostIndex } from '../../../orchestrator/faults/catalogue/lost-index.ts';
import type { FaultContext, Levers } from '../../../orchestrator/faults/fault.ts';
import type { DatabaseLever } from '../../../orchestrator/faults/levers/database.ts';
import { createPostgresLever } from '../../../orchestrator/faults/levers/postgres-lever.ts';
import { type ShopDatabase, startDatabase } from '../../support/shop.ts';

let shop: ShopDatabase;
let database: DatabaseLever;

beforeAll(async () => {
  shop = await startDatabase();
  database = createPostgresLever(shop.url);
});

afterAll(async () => {
  await database?.close();
  await shop?.stop();
});

describe('the database lever', () => {
  test('is recognisable in the database, and bounds every statement', async () => {
    expect(await database.query('SHOW application_name')).toEqual([{ application_name: 'showrunner' }]);
    expect(await database.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '20s' }]);
  });

  test('takes parameters, and fails with what the database said', async () => {
    expect(await database.query('SELECT $1::int + 1 AS sum', [41])).toEqual([{ sum: 42 }]);
    await expect(database.query('SELECT * FROM no_such_table')).rejects.toThrow('no_such_table');
  });

  test('outlives a connection that is cut', async () => {
    await expect(database.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('lost-index: the plan of the search reads the whole table until the undo', async () => {
  const context: FaultContext<{ index: string }> = {
    on: 'catalog',
    intensity: 1,
    with: lostIndex.with.parse({}),
    levers: { database } as Levers,
    clock: realClock,
    signal: new AbortController().signal,
  };
  const definition = `SELECT pg_get_indexdef('products_name_prefix_idx'::regclass) AS text`;
  const before = await database.query(definition);

  const injected = await lostIndex.inject(context);
  expect(await injected.proof()).toEqual({
    proven: true,
    evidence: expect.stringContaining('Seq Scan on products') as string,
  });
  expect((await injected.undone()).proven).toBe(false);

  await injected.undo();
  await injected.undo();
  expect(await injected.undone()).toEqual({
    proven: true,
    evidence: expect.stringContaining('products_name_prefix_idx') as string,
  });
  expect((await injected.proof()).proven).toBe(false);
  expect(await database.query(definition)).toEqual(before);
});
