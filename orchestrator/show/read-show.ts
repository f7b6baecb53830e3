import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { messageOf, type Problem, ProblemsError } from '../errors.ts';
import { parseTalk } from '../talk/parse-talk.ts';
import { checkSpokenLength } from '../talk/spoken-length.ts';
import type { Talk } from '../talk/talk.ts';
import type { Catalogue } from './catalogue.ts';
import { type LoadedShow, loadShow } from './load-show.ts';
import type { Language, Show } from './show.ts';
import { maxFileBytes, type SourceFile, tooLarge } from './source-file.ts';

/** A show with its talks, checked against each other. */
export interface CompleteShow {
  readonly show: Show;
  readonly talks: Readonly<Record<Language, Talk>>;
}

/**
 * Reads the show and its talks from disk. `file` is the absolute path of show.yaml; problems name files from `cwd`, those outside it in full.
 * Throws a ProblemsError with everything that is wrong in any of the files.
 */
export async function readShow(file: string, catalogue: Catalogue, cwd: string): Promise<CompleteShow> {
  const problems: Problem[] = [];
  const read = (path: string) => readSource(path, displayName(path, cwd), problems);
  const [source, en, ja] = await Promise.all([read(file), read(talkFile(file, 'en')), read(talkFile(file, 'ja'))]);
  const loaded: LoadedShow | undefined = source && loadShow(source, catalogue);
  problems.push(...(loaded?.problems ?? []));
  const talks = { en: readTalk(en, 'en'), ja: readTalk(ja, 'ja') };
  if (loaded?.show && talks.en && talks.ja && problems.length === 0) {
    const complete = { show: loaded.show, talks: { en: talks.en, ja: talks.ja } };
    problems.push(...checkSpokenLength(complete.show, complete.talks));
    if (problems.length === 0) return complete;
  }
  throw new ProblemsError(problems);

  function readTalk(talk: SourceFile | undefined, language: Language): Talk | undefined {
    // Without acts, everything a talk says would be wrong.
    if (!talk || !loaded || loaded.acts.length === 0) return undefined;
    const parsed = parseTalk(talk, { language, acts: loaded.acts, traffic: loaded.traffic, catalogue });
    problems.push(...parsed.problems);
    return parsed.talk;
  }
}

function displayName(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}

/** `talk.ja.md` beside show.yaml. */
function talkFile(showFile: string, language: Language): string {
  return join(dirname(showFile), `talk.${language}.md`);
}

async function readSource(path: string, file: string, problems: Problem[]): Promise<SourceFile | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= maxFileBytes) return { file, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
    problems.push(tooLarge(file, size));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing ? 'this file is missing' : `this file cannot be read: ${messageOf(error)}`;
    problems.push({ message, at: { file, line: 1, col: 1 }, hint: 'a show is show.yaml, talk.en.md and talk.ja.md' });
  }
  return undefined;
}
