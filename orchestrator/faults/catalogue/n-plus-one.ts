import { z } from 'zod';
import type { Clock } from '../../clock/clock.ts';
import type { Fault, Proof } from '../fault.ts';
import type { DatabaseLever } from '../levers/database.ts';
import { rollOut } from '../new-release.ts';

const release = { service: 'catalog', version: '2.5.0', flag: 'live-prices' };

/** What the database counts of the new code path: its list, once a request, and what it asks for each product of the list. */
const statements = {
  list: '%FROM products WHERE category_id = $1%',
  perProduct: '%FROM prices WHERE product_id = $1%',
};

/** A page has 40 products; lists that are still being put together on a busy machine have asked for some of them. */
const perListAtLeast = 10;

/** At a few lists a second, a code path that is not called for so long is not called any more. Milliseconds. */
const silentForMs = 1500;

const withNothing = z.strictObject({});

export const nPlusOne: Fault<z.output<typeof withNothing>> = {
  story:
    'The catalogue shipped a release this morning; every test is green, and lists of products take several times as long.',
  mechanism: 'catalog 2.5.0 asks the database for the price of each product on a page instead of joining them.',
  signature:
    'Under one SERVER span GET /products of catalog a staircase of some 40 SELECTs with the same text, each of them fast; service.version is 2.5.0.',
  needs: ['release', 'flags', 'database'],
  targets: ['catalog'],
  traffic: [{ service: 'catalog', route: 'GET /products' }],
  with: withNothing,
  async inject(context) {
    const { clock, levers } = context;
    const { service, version } = release;
    const before = levers.shop.version(service);
    const start = await countCalls(levers.database);
    const undo = await rollOut(release, context);
    return {
      undo,
      async proof(): Promise<Proof> {
        const now = await countCalls(levers.database);
        const lists = now.list - start.list;
        const perList = lists > 0 ? (now.perProduct - start.perProduct) / lists : 0;
        const running = levers.shop.version(service);
        const evidence = `${service} ${running} ran ${Math.round(perList)} price queries for each of ${lists} lists`;
        return { proven: perList >= perListAtLeast && running === version, evidence };
      },
      async undone(): Promise<Proof> {
        const grown = await growth(levers.database, clock);
        const running = levers.shop.version(service);
        const evidence = `${service} ${running} ran ${grown} price queries of single products in ${silentForMs / 1000} s`;
        return { proven: grown === 0 && running === before, evidence };
      },
    };
  },
};

async function growth(database: DatabaseLever, clock: Clock): Promise<number> {
  const before = await countCalls(database);
  await clock.sleep(silentForMs);
  return (await countCalls(database)).perProduct - before.perProduct;
}

async function countCalls(database: DatabaseLever): Promise<{ readonly list: number; readonly perProduct: number }> {
  const [row] = await database.query(
    `SELECT coalesce(sum(calls) FILTER (WHERE query LIKE $1), 0)::float8 AS list,
            coalesce(sum(calls) FILTER (WHERE query LIKE $2), 0)::float8 AS per_product
     FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [statements.list, statements.perProduct],
  );
  return { list: Number(row?.['list'] ?? 0), perProduct: Number(row?.['per_product'] ?? 0) };
}
