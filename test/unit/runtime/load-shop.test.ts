import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadShop } from '../../../orchestrator/runtime/load-shop.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-shop-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function shopOf(shopYaml: string, flags = '{"flags": {}}'): Promise<unknown> {
  writeFileSync(join(folder, 'shop.yaml'), shopYaml);
  writeFileSync(join(folder, 'flags.json'), flags);
  return loadShop(folder);
}

test('fills in every default, and counts the version among the releases', async () => {
  const shop = await shopOf(
    'services: {bank: {version: 7.1.0}, payment: {version: 2.0.3, releases: [2.1.0], calls: [bank]}}',
  );
  expect(shop).toEqual({
    services: {
      bank: {
        name: 'bank',
        version: '7.1.0',
        releases: ['7.1.0'],
        instrumented: true,
        database: false,
        calls: [],
        routes: [],
      },
      payment: {
        name: 'payment',
        version: '2.0.3',
        releases: ['2.0.3', '2.1.0'],
        instrumented: true,
        database: false,
        calls: ['bank'],
        routes: [],
      },
    },
    flags: { flags: {} },
  });
});

test('the shop that is shipped can be read', async () => {
  const { services, flags } = await loadShop();
  expect(Object.keys(services)).toContain('storefront');
  expect(services['bank']?.instrumented).toBe(false);
  expect(services['catalog']?.releases).toContain(services['catalog']?.version);
  expect(Object.keys(flags.flags).length).toBeGreaterThan(0);
});

test.each([
  ['a broken YAML file', 'services: [', undefined, 'shop.yaml'],
  ['a version that is a number', 'services: {bank: {version: 7}}', undefined, 'version'],
  ['a key nobody knows', 'services: {bank: {version: 7.1.0, colour: red}}', undefined, 'colour'],
  ['a route without a method', 'services: {bank: {version: 7.1.0, routes: [/charges]}}', undefined, 'METHOD /path'],
  [
    'a call to nobody',
    'services: {bank: {version: 7.1.0, calls: [mint]}}',
    undefined,
    'bank calls mint, which is no service',
  ],
  ['broken flags', 'services: {}', '{', 'flags.json'],
  [
    'a flag without variants',
    'services: {}',
    '{"flags": {"a": {"state": "ENABLED", "defaultVariant": "on"}}}',
    'variants',
  ],
])('%s is refused and named', async (_name, shopYaml, flags, named) => {
  await expect(shopOf(shopYaml, flags)).rejects.toMatchObject({
    code: 'bad-shop',
    exitCode: 3,
    message: expect.stringContaining(named) as string,
  });
});

test('a missing file is refused and named', async () => {
  await expect(loadShop(join(folder, 'none'))).rejects.toThrow(/none\/(shop\.yaml|flags\.json): ENOENT/);
});
