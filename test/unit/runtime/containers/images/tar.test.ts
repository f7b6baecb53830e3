import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entriesOf, type TarEntry, tarOf } from '../../../../../orchestrator/runtime/containers/images/tar.ts';
import { indexOf, readJson } from '../../../../../orchestrator/runtime/containers/images/tar-index.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tar-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function archiveOf(entries: readonly TarEntry[], rest?: Readable): Promise<string> {
  const file = join(folder, 'a.tar');
  await pipeline(tarOf(entries, rest), createWriteStream(file));
  return file;
}

async function pathsIn(file: string): Promise<readonly string[]> {
  const archive = await open(file);
  try {
    return [...(await indexOf(archive)).keys()];
  } finally {
    await archive.close();
  }
}

test('what is put into an archive is found in it', async () => {
  await writeFile(join(folder, 'from'), 'x'.repeat(1000));
  const deep = `${'folder/'.repeat(20)}file.json`;
  const file = await archiveOf([
    { path: 'text.json', text: '{"a":1}' },
    { path: 'file', from: join(folder, 'from') },
    { path: 'link', link: 'file' },
    { path: 'data', folder: { mode: 0o700, owner: 999 } },
    { path: deep, text: '[]' },
  ]);
  expect(await pathsIn(file)).toEqual(['text.json', 'file', 'link', 'data/', deep]);
  expect([await readJson(file, 'text.json'), await readJson(file, deep)]).toEqual([{ a: 1 }, []]);
  await expect(readJson(file, 'manifest.json')).rejects.toThrow('there is no manifest.json in it');
});

test('an archive may go on with another one', async () => {
  const rest = tarOf([{ path: 'second', text: '' }]);
  expect(await pathsIn(await archiveOf([{ path: 'first', text: '1' }], rest))).toEqual(['first', 'second']);
});

test('equal files make equal archives', async () => {
  const entries = [{ path: 'a', text: 'b' }];
  expect(await buffer(tarOf(entries))).toEqual(await buffer(tarOf(entries)));
});

test('a folder is put in with its links, in the order of names, without what is not to be kept', async () => {
  await mkdir(join(folder, 'in/b'), { recursive: true });
  await writeFile(join(folder, 'in/b/one'), '1');
  await writeFile(join(folder, 'in/z.md'), '');
  await symlink('b/one', join(folder, 'in/a'));
  const entries = await entriesOf(join(folder, 'in'), 'root', (path) => !path.endsWith('.md'));
  expect(entries).toEqual([
    { path: 'root/a', link: 'b/one' },
    { path: 'root/b/one', from: join(folder, 'in/b/one') },
  ]);
});

test('an archive that was cut off, wherever, is not read as a whole one', async () => {
  const file = await archiveOf([
    { path: 'a', text: 'x'.repeat(700) },
    { path: 'b', text: 'y' },
  ]);
  const { length } = await readFile(file);
  for (const cut of [length - 1024, length - 1500, 600, 100, 0]) {
    await truncate(file, cut);
    await expect(pathsIn(file)).rejects.toThrow(/in the middle of the archive/);
  }
});

test('a file that is no archive is said to be none', async () => {
  await writeFile(join(folder, 'text'), 'hello '.repeat(200));
  await expect(pathsIn(join(folder, 'text'))).rejects.toThrow('it is no tar archive');
});
