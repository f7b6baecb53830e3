import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageClosure } from '../../../../../orchestrator/runtime/containers/images/packages.ts';
import { packagesLoadedBy } from '../../../../../orchestrator/runtime/containers/images/shop-files.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'packages-test-')));
});
afterEach(() => rm(root, { recursive: true }));

async function install(path: string, manifest: object = {}): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, path, 'package.json'), JSON.stringify({ name: path, version: '1.0.0', ...manifest }));
}

const closureFrom = (names: readonly string[], from = root) =>
  Object.fromEntries([...packageClosure(names, from)].map(([path, source]) => [path, source.slice(root.length + 1)]));

test('a package brings what it needs, and nothing else', async () => {
  await install('node_modules/a', { dependencies: { b: '1' }, devDependencies: { tool: '1' } });
  await install('node_modules/b', { dependencies: { '@s/c': '1', a: '1' } });
  await install('node_modules/@s/c');
  await install('node_modules/tool');
  await install('node_modules/other');
  expect(Object.keys(closureFrom(['a'])).toSorted()).toEqual(['@s/c', 'a', 'b'].map((name) => `node_modules/${name}`));
});

test('two versions of one package are where each dependant finds its own', async () => {
  await install('node_modules/a', { dependencies: { c: '2' } });
  await install('node_modules/a/node_modules/c', { version: '2.0.0' });
  await install('node_modules/b', { dependencies: { c: '1' } });
  await install('node_modules/c');
  const closure = closureFrom(['b', 'a']);
  const seenBy = (name: string) => closure[`node_modules/${name}/node_modules/c`] ?? closure['node_modules/c'];
  expect(seenBy('a')).toBe('node_modules/a/node_modules/c');
  expect(seenBy('b')).toBe('node_modules/c');
});

test('a program that is a dependency itself finds what npm has hoisted out of it', async () => {
  await install('node_modules/showrunner');
  await install('node_modules/showrunner/node_modules/a', { dependencies: { b: '1' } });
  await install('node_modules/b');
  expect(closureFrom(['a'], join(root, 'node_modules/showrunner'))).toEqual({
    'node_modules/a': 'node_modules/showrunner/node_modules/a',
    'node_modules/b': 'node_modules/b',
  });
});

test('what is optional may be missing; what is not is named', async () => {
  await install('node_modules/a', {
    optionalDependencies: { fast: '1' },
    peerDependencies: { native: '1' },
    peerDependenciesMeta: { native: { optional: true } },
  });
  expect(closureFrom(['a'])).toEqual({ 'node_modules/a': 'node_modules/a' });
  await install('node_modules/a', { dependencies: { gone: '1' } });
  expect(() => closureFrom(['a'])).toThrow(/gone, which .*node_modules\/a needs, is not installed/);
});

test('the packages of the shop itself are all found', () => {
  const closure = packageClosure(
    ['express', 'pg', 'pino', 'undici', '@openfeature/server-sdk', '@openfeature/flagd-core'],
    resolve(import.meta.dirname, '../../../../..'),
  );
  expect([...closure.keys()]).toEqual(
    expect.arrayContaining(
      ['router', 'pg-pool', 'sonic-boom', '@openfeature/core'].map((name) => `node_modules/${name}`),
    ),
  );
});

test('the packages that a program loads are those of its requires and imports', () => {
  const code = `
    var a = require("express"); import { x } from "@scope/name/below"; import 'pg';
    const lazy = () => import("undici"); var fs = require("node:fs"); var own = require("./own.cjs");`;
  expect(packagesLoadedBy(code)).toEqual(['express', '@scope/name', 'pg', 'undici']);
});
