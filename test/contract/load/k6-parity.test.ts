import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { embeddedEngine } from '../../../orchestrator/load/embedded/engine.ts';
import { startStubStorefront, type Seen } from '../../support/stub-storefront.ts';
import { play, scriptFolder } from './scripts.ts';

// The stock binary: SHOWRUNNER_K6, else `k6` on PATH; `.ci/build-tools/k6.sh` builds one.
const k6 = process.env['SHOWRUNNER_K6'] ?? 'k6';
const found = spawnSync(k6, ['version']).status === 0;
const folder = scriptFolder();
afterAll(() => folder.remove());

const rate = 20;
const seconds = 5;
const script = join(process.cwd(), 'load-profiles', 'shoppers.ts');

/** What both engines must agree on. */
interface Played {
  readonly iterations: number;
  readonly checks: Readonly<Record<string, { readonly passes: number; readonly fails: number }>>;
  readonly seen: readonly Seen[];
}

// Without k6 this is skipped in plain sight; in CI it runs all the same, and fails.
test.skipIf(!found && !process.env['CI'])(
  `shoppers.ts plays on stock k6 as on the embedded engine${found ? '' : ` (skipped: ${k6} does not run; set SHOWRUNNER_K6)`}`,
  async () => {
    expect(found, `${k6} does not run; build it with .ci/build-tools/k6.sh and set SHOWRUNNER_K6`).toBe(true);
    const embedded = await playEmbedded();
    const stock = await playStock();

    expect(Object.keys(embedded.checks).toSorted()).toEqual(Object.keys(stock.checks).toSorted());
    expect(Object.values(embedded.checks).every(({ fails }) => fails === 0)).toBe(true);
    expect(Object.values(stock.checks).every(({ fails }) => fails === 0)).toBe(true);

    // k6 also plays the iteration that is due at the very end.
    for (const { iterations } of [embedded, stock])
      expect(Math.abs(iterations - rate * seconds)).toBeLessThanOrEqual(1);

    // The n-th visit is the same for the same seed; how many listings a shopper needs first depends on the virtual user.
    for (const route of [
      'GET /api/search',
      'POST /api/carts',
      'POST /api/carts/:id/items',
      'GET /api/carts/:id',
      'POST /api/orders',
      'GET /api/orders/:id',
    ]) {
      expect(Math.abs(countOf(embedded, route) - countOf(stock, route)), route).toBeLessThanOrEqual(1);
    }
    expect(statuses(embedded)).toEqual(statuses(stock));
    expect(countOf(embedded, 'POST /api/orders') / seconds).toBeGreaterThan(3.5);
    expect(orders(embedded).slice(0, 20).toSorted()).toEqual(orders(stock).slice(0, 20).toSorted());
  },
);

async function playEmbedded(): Promise<Played> {
  const stub = await startStubStorefront();
  const { iterations, checks } = await play(embeddedEngine, script, env(stub.url));
  await stub.close();
  return {
    iterations,
    checks: Object.fromEntries(checks.map(({ name, ...counts }) => [name, counts])),
    seen: stub.seen,
  };
}

async function playStock(): Promise<Played> {
  const stub = await startStubStorefront();
  const summary = join(folder.dir, 'summary.json');
  const settings = Object.entries(env(stub.url)).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  await promisify(execFile)(
    k6,
    ['run', '--no-usage-report', '--quiet', '--summary-export', summary, ...settings, script],
    {
      env: { ...process.env, K6_AUTO_EXTENSION_RESOLUTION: 'false' },
    },
  );
  await stub.close();
  const { metrics, root_group } = JSON.parse(readFileSync(summary, 'utf8')) as {
    metrics: { iterations: { count: number } };
    root_group: { checks: Record<string, { passes: number; fails: number }> };
  };
  return { iterations: metrics.iterations.count, checks: root_group.checks, seen: stub.seen };
}

const env = (url: string): Record<string, string> => ({
  BASE_URL: url,
  RATE: String(rate),
  DURATION: `${seconds}s`,
  SEED: '7',
});
const countOf = ({ seen }: Played, route: string): number => seen.filter((one) => one.route === route).length;
const statuses = ({ seen }: Played): string[] =>
  [...new Set(seen.map(({ route, status }) => `${route} ${status}`))].toSorted();
const orders = ({ seen }: Played): string[] =>
  seen.filter(({ route }) => route === 'POST /api/orders').map(({ body }) => JSON.stringify(body));
