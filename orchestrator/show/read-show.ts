import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { messageOf, type Problem, ProblemsError } from '../errors.ts';
import { parseTalk, type TalkContext } from '../talk/parse-talk.ts';
import { checkSpokenLength } from '../talk/spoken-length.ts';
import type { Talk } from '../talk/talk.ts';
import type { Catalogue } from './catalogue.ts';
import { loadShow } from './load-show.ts';
import { type Language, languages, type Show } from './show.ts';
import { maxFileBytes, type SourceFile, tooLarge } from './source-file.ts';

/** A show with its talks, checked against each other. */
export interface CompleteShow {
  readonly show: Show;
  readonly talks: Readonly<Record<Language, Talk>>;
}

/**
 * Reads the show and its talks from disk. `file` is the absolute path of show.yaml; problems name files relative to `cwd`.
 * Throws a ProblemsError with everything that is wrong in any of the files.
 */
export async function readShow(file: string, catalogue: Catalogue, cwd: string): Promise<CompleteShow> {
  const problems: Problem[] = [];
  const read = async (path: string): Promise<SourceFile | undefined> => {
    const source = await readSource(path, relative(cwd, path) || path);
    if ('text' in source) return source;
    problems.push(source);
    return undefined;
  };
  const source = await read(file);
  const talkSources = await Promise.all(
    languages.map(async (language) => [language, await read(talkFile(file, language))] as const),
  );
  const loaded = source && loadShow(source, catalogue);
  problems.push(...(loaded?.problems ?? []));
  const acts = loaded?.show?.acts ?? (loaded && 'acts' in loaded ? loaded.acts : []);
  const talks: Partial<Record<Language, Talk>> = {};
  for (const [language, talkSource] of talkSources) {
    // Without acts, everything a talk says would be wrong.
    if (!talkSource || acts.length === 0) continue;
    const context: TalkContext = { language, acts, load: loaded?.show?.load ?? { profile: '' }, catalogue };
    const { talk, problems: found } = parseTalk(talkSource, context);
    if (talk) talks[language] = talk;
    problems.push(...found);
  }
  const { en, ja } = talks;
  if (!loaded?.show || !en || !ja) throw new ProblemsError(problems);
  problems.push(...checkSpokenLength(loaded.show, { en, ja }));
  if (problems.length > 0) throw new ProblemsError(problems);
  return { show: loaded.show, talks: { en, ja } };
}

/** `talk.ja.md` beside show.yaml. */
function talkFile(showFile: string, language: Language): string {
  return join(dirname(showFile), `talk.${language}.md`);
}

async function readSource(path: string, name: string): Promise<SourceFile | Problem> {
  const at = { file: name, line: 1, col: 1 };
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) return tooLarge(name, size);
    return { file: name, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return {
        message: 'this file is missing',
        at,
        hint: `a show is show.yaml with ${languages.map((language) => `talk.${language}.md`).join(' and ')} beside it`,
      };
    }
    return { message: `this file cannot be read: ${messageOf(error)}`, at };
  }
}
