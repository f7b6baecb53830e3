import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planImages } from '../../../../../orchestrator/runtime/containers/images/plan.ts';
import type { ShopFiles } from '../../../../../orchestrator/runtime/containers/images/shop-files.ts';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'plan-test-')), 'shop');
  await mkdir(join(folder, 'schema'), { recursive: true });
  await mkdir(join(folder, 'dist'));
  await mkdir(join(folder, 'node_modules/left'), { recursive: true });
  await writeFile(join(folder, 'schema/10.sql'), 'select 1');
  await writeFile(join(folder, 'dist/a.cjs'), 'a');
  await writeFile(join(folder, 'node_modules/left/package.json'), '{"name":"left","version":"1.0.0"}');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const filesIn = (place: string): ShopFiles => ({
  files: new Map([
    ['/shop/dist', join(place, 'dist')],
    ['/shop/node_modules/left', join(place, 'node_modules/left')],
  ]),
  schemaDir: join(place, 'schema'),
  service: (name) => `/shop/dist/${name}.cjs`,
  telemetry: '/shop/dist/telemetry.cjs',
  networkProxy: '/shop/dist/proxy.mjs',
});

const plan = ({ place = folder, seed = '1', arch = 'amd64' } = {}) =>
  planImages({ arch }, { files: filesIn(place), seed });

test('a reference is a name and twelve digits of a hash', async () => {
  const { shop, node, postgres, databases } = await plan();
  for (const reference of [shop, node, postgres, databases.npm, databases.official]) {
    expect(reference).toMatch(/^showrunner\/[a-z-]+:[0-9a-f]{12}$/);
  }
  expect(databases.npm).not.toBe(databases.official);
});

test('the same content has the same references, wherever it is and however old', async () => {
  const before = await plan();
  const elsewhere = join(folder, '../copy');
  await cp(folder, elsewhere, { recursive: true });
  await utimes(join(elsewhere, 'dist/a.cjs'), 1, 1);
  expect(await plan({ place: elsewhere })).toEqual(before);
});

test('a program that changes makes another shop, and the same database', async () => {
  const before = await plan();
  await writeFile(join(folder, 'dist/a.cjs'), 'b');
  const after = await plan();
  expect(after).toEqual({ ...before, shop: expect.not.stringMatching(before.shop) });
});

test('a package of another version makes another shop', async () => {
  const before = await plan();
  await writeFile(join(folder, 'node_modules/left/package.json'), '{"name":"left","version":"1.0.1"}');
  expect((await plan()).shop).not.toBe(before.shop);
});

test('another schema or another seed makes another database, and the same shop', async () => {
  const before = await plan();
  const reseeded = await plan({ seed: '2' });
  await writeFile(join(folder, 'schema/10.sql'), 'select 2');
  const changed = await plan();
  expect(new Set([before, reseeded, changed].map(({ databases }) => databases.npm)).size).toBe(3);
  expect([reseeded.shop, changed.shop]).toEqual([before.shop, before.shop]);
});

test('another machine has images of its own', async () => {
  const [here, there] = [await plan(), await plan({ arch: 'arm64' })];
  expect(here.shop).not.toBe(there.shop);
  expect(here.databases.official).not.toBe(there.databases.official);
});
