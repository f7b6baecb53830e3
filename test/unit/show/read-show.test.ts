import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProblemsError } from '../../../orchestrator/errors.ts';
import { readShow } from '../../../orchestrator/show/read-show.ts';
import { smallCatalogue } from '../../support/small-catalogue.ts';

const show = `show: small
title: {en: Small, ja: 小さい}
load: {profile: shoppers, rate: 5/s}
acts:
  - act: calm
    for: 10s
`;
const talk = '# Small\n\n## act: calm\n\nHello.\n';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'read-show-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function read(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return readShow(join(dir, 'show.yaml'), smallCatalogue, dir);
}

async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const error: unknown = await read(files).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemsError)) throw new Error('no problem was found', { cause: error });
  expect(error.exitCode).toBe(2);
  return error.problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`);
}

it('reads a show and its talks', async () => {
  const complete = await read({ 'show.yaml': show, 'talk.en.md': talk, 'talk.ja.md': talk });
  expect(complete).toMatchObject({
    show: { name: 'small', file: 'show.yaml' },
    talks: { en: { language: 'en', file: 'talk.en.md' }, ja: { language: 'ja' } },
  });
});

it('reads files that begin with a byte order mark', async () => {
  expect(
    (await read({ 'show.yaml': `\uFEFF${show}`, 'talk.en.md': `\uFEFF${talk}`, 'talk.ja.md': talk })).show.name,
  ).toBe('small');
});

it('tells the problems of all files at once, and a file that is missing', async () => {
  expect(
    await problemsOf({
      'show.yaml': show.replace('for: 10s', 'for: ten'),
      'talk.en.md': talk.replace('act: calm', 'act: clam'),
    }),
  ).toEqual([
    'talk.ja.md:1 this file is missing',
    'show.yaml:6 bad duration `ten`',
    'talk.en.md:1 nothing is said in the act `calm`',
    'talk.en.md:3 the show has no act `clam`',
  ]);
});

it('does not tell that a talk misses acts of a show that could not be read', async () => {
  expect(await problemsOf({ 'show.yaml': '\t', 'talk.en.md': talk, 'talk.ja.md': talk })).toHaveLength(1);
});

it('tells how much too long a talk is', async () => {
  const long = talk.replace('Hello.', 'word '.repeat(30));
  expect(await problemsOf({ 'show.yaml': show, 'talk.en.md': long, 'talk.ja.md': talk })).toEqual([
    'talk.en.md:3 too long: this act, would be said 12s after the act’s start, and the act has 10s',
  ]);
});

it('does not read a file of 10 MB', async () => {
  expect(
    await problemsOf({ 'show.yaml': show, 'talk.en.md': 'a'.repeat(10 * 1024 * 1024), 'talk.ja.md': talk }),
  ).toEqual(['talk.en.md:1 the file has 10240 KB; at most 256 KB are read']);
});

it('names a file outside the current folder in full', async () => {
  const file = join(dir, 'show.yaml');
  await expect(readShow(file, smallCatalogue, join(dir, 'elsewhere'))).rejects.toMatchObject({
    problems: expect.arrayContaining([expect.objectContaining({ at: { file, line: 1, col: 1 } })]),
  });
});
