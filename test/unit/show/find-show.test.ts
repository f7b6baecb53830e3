import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findShow, listShows } from '../../../orchestrator/show/find-show.ts';

let dir: string;
const places = () => ({ showsDir: join(dir, 'talk-scripts'), cwd: join(dir, 'elsewhere') });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'find-show-'));
  for (const path of [
    'talk-scripts/three-minutes/show.yaml',
    'talk-scripts/four-faults/show.yaml',
    'talk-scripts/empty/notes.md',
    'elsewhere/mine/show.yaml',
    'elsewhere/four-faults/show.yaml',
    'elsewhere/other.yaml',
  ]) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), '');
  }
  await writeFile(join(dir, 'talk-scripts/show.schema.json'), '{}');
});

afterAll(() => rm(dir, { recursive: true }));

it('lists the folders that hold a show, by name', async () => {
  expect((await listShows(places().showsDir)).map(({ name }) => name)).toEqual(['four-faults', 'three-minutes']);
  expect(await listShows(join(dir, 'nowhere'))).toEqual([]);
});

it.each([
  ['three-minutes', 'three-minutes', 'talk-scripts/three-minutes/show.yaml'],
  ['four-faults', 'four-faults', 'talk-scripts/four-faults/show.yaml'],
  ['./four-faults', 'four-faults', 'elsewhere/four-faults/show.yaml'],
  ['mine', 'mine', 'elsewhere/mine/show.yaml'],
  ['mine/show.yaml', 'mine', 'elsewhere/mine/show.yaml'],
  ['../elsewhere/mine/', 'mine', 'elsewhere/mine/show.yaml'],
  ['other.yaml', 'elsewhere', 'elsewhere/other.yaml'],
])('finds %s', async (written, name, file) => {
  expect(await findShow(written, places())).toEqual({ name, file: join(dir, file) });
});

it('finds a show by its absolute path', async () => {
  const file = join(dir, 'elsewhere/mine/show.yaml');
  expect((await findShow(file, places())).file).toBe(file);
});

it.each([
  ['three-minute', 'did you mean `three-minutes`?'],
  ['ten-minutes-long-and-quite-different', 'one of `four-faults`, `three-minutes`'],
  ['empty', 'one of `four-faults`, `three-minutes`'],
  ['mine/shows.yaml', 'a show is a folder with show.yaml, talk.en.md and talk.ja.md'],
  ['other.yaml/show.yaml', 'a show is a folder with show.yaml, talk.en.md and talk.ja.md'],
])('says what to write instead of %s', async (written, hint) => {
  await expect(findShow(written, places())).rejects.toMatchObject({
    code: 'unknown-show',
    message: `there is no show \`${written}\``,
    hint,
    exitCode: 2,
  });
});
