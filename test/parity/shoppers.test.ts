import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startStubStorefront, type Seen } from '../support/stub-storefront.ts';
import { embedded, play, type Player, stock, type Summary, type SummaryGroup, withoutK6 } from './players.ts';

const rate = 20;
const seconds = 5;
const script = join(process.cwd(), 'load-profiles', 'shoppers.ts');

/** What both engines must agree on. */
interface Visited {
  readonly summary: Summary;
  readonly seen: readonly Seen[];
}

test.skipIf(withoutK6 !== undefined && !process.env['CI'])(
  `the profile shoppers makes the same visits on stock k6 and on the embedded engine${withoutK6 ? ` (skipped: ${withoutK6})` : ''}`,
  async () => {
    expect(withoutK6).toBe(undefined);
    const [onK6, onEmbedded] = [await visit(stock), await visit(embedded)];

    expect(Object.keys(checksOf(onEmbedded)).toSorted()).toEqual(Object.keys(checksOf(onK6)).toSorted());
    for (const visited of [onK6, onEmbedded]) {
      expect(Object.values(checksOf(visited)).every(({ fails }) => fails === 0)).toBe(true);
      // k6 also plays the iteration that is due at the very end.
      expect(Math.abs(visited.summary.metrics['iterations']!['count']! - rate * seconds)).toBeLessThanOrEqual(1);
    }

    // The n-th visit is the same for the same seed; how many listings a shopper needs first depends on the virtual user.
    for (const route of [
      'GET /api/search',
      'POST /api/carts',
      'POST /api/carts/:id/items',
      'GET /api/carts/:id',
      'POST /api/orders',
      'GET /api/orders/:id',
    ]) {
      expect(Math.abs(countOf(onEmbedded, route) - countOf(onK6, route)), route).toBeLessThanOrEqual(1);
    }
    expect(statuses(onEmbedded)).toEqual(statuses(onK6));
    expect(countOf(onEmbedded, 'POST /api/orders') / seconds).toBeGreaterThan(3.5);
    expect(orders(onEmbedded).slice(0, 20).toSorted()).toEqual(orders(onK6).slice(0, 20).toSorted());
  },
);

async function visit(player: Player): Promise<Visited> {
  const stub = await startStubStorefront();
  try {
    const env = [`BASE_URL=${stub.url}`, `RATE=${rate}`, `DURATION=${seconds}s`, 'SEED=7'];
    const { exit, summary, stderr } = await play(player, script, env);
    expect(exit, stderr).toBe(0);
    return { summary: summary!, seen: stub.seen };
  } finally {
    await stub.close();
  }
}

const checksOf = ({ summary }: Visited): SummaryGroup['checks'] => summary.root_group.checks;
const countOf = ({ seen }: Visited, route: string): number => seen.filter((one) => one.route === route).length;
const statuses = ({ seen }: Visited): string[] =>
  [...new Set(seen.map(({ route, status }) => `${route} ${status}`))].toSorted();
const orders = ({ seen }: Visited): string[] =>
  seen.filter(({ route }) => route === 'POST /api/orders').map(({ body }) => JSON.stringify(body));
