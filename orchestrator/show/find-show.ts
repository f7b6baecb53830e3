import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { quote } from './source-file.ts';
import { suggest } from './suggest.ts';

/** Where shows are looked for. */
export interface ShowPlaces {
  /** The folder with one folder per show: `talk-scripts`. */
  readonly showsDir: string;
  /** What relative paths start from. */
  readonly cwd: string;
}

export interface FoundShow {
  /** The folder's name. */
  readonly name: string;
  /** Absolute path of `show.yaml`. */
  readonly file: string;
}

/** The shows of a folder, by name. Empty when there is no such folder. */
export async function listShows(showsDir: string): Promise<readonly FoundShow[]> {
  const entries = (await isFolder(showsDir)) ? await readdir(showsDir) : [];
  const shows = entries.map((name) => ({ name, file: join(showsDir, name, 'show.yaml') }));
  const there = await Promise.all(shows.map(({ file }) => isFile(file)));
  return shows.filter((_, index) => there[index]).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Finds a show by its name, or by the path of its show.yaml (under any name) or folder.
 * A name wins over a folder of the same name: write `./name` for that one. Throws a ShowrunnerError (exit code 2) when there is none.
 */
export async function findShow(nameOrPath: string, { showsDir, cwd }: ShowPlaces): Promise<FoundShow> {
  const shows = await listShows(showsDir);
  const named = shows.find(({ name }) => name === nameOrPath);
  if (named) return named;
  const path = resolve(cwd, nameOrPath);
  for (const file of [path, join(path, 'show.yaml')]) {
    if (await isFile(file)) return { name: basename(dirname(file)), file };
  }
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath);
  const hint = isPath
    ? 'a show is a folder with show.yaml, talk.en.md and talk.ja.md'
    : suggest(
        nameOrPath,
        shows.map(({ name }) => name),
      );
  throw new ShowrunnerError('unknown-show', `there is no show ${quote(nameOrPath)}`, {
    hint,
    exitCode: exitCodes.usage,
  });
}

async function isFile(path: string): Promise<boolean> {
  return (await look(path))?.isFile() ?? false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await look(path))?.isDirectory() ?? false;
}

/** Undefined where nothing is; anything else that prevents looking is the user's to know. */
async function look(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ShowrunnerError('unreadable-show', `cannot look at ${path}: ${messageOf(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  }
}
