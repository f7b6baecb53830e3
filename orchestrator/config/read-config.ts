import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { backends } from '../backends/index.ts';
import { messageOf, type Problem, ProblemsError } from '../errors.ts';
import type { Host } from '../host.ts';
import { maxFileBytes, type SourceFile, tooLarge } from '../show/source-file.ts';
import type { Config } from './config.ts';
import { loadConfig } from './load-config.ts';
import type { Adapters } from './read-backend.ts';

export interface ConfigOptions {
  /** Of the file, from the command line. */
  readonly path?: string | undefined;
  /** Kinds of backends, by name. */
  readonly adapters?: Adapters;
}

/**
 * Reads the backends that there are: of `path`, else SHOWRUNNER_CONFIG, else `showrunner.yaml` in the working directory, which need
 * not exist, and of SHOWRUNNER_BACKEND_<NAME>_<SETTING>, which has the last word. Throws a ProblemsError with everything that is wrong.
 */
export async function readConfig(
  { cwd, env }: Pick<Host, 'cwd' | 'env'>,
  { path = env['SHOWRUNNER_CONFIG'] || undefined, adapters = backends }: ConfigOptions = {},
): Promise<Config> {
  const file = resolve(cwd, path ?? 'showrunner.yaml');
  const source = await readSource(file, displayName(file, cwd), path !== undefined);
  const { config, problems } = await loadConfig(source, adapters, { env, dir: dirname(file) });
  if (!config) throw new ProblemsError(problems);
  return config;
}

function displayName(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}

async function readSource(path: string, file: string, wanted: boolean): Promise<SourceFile> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new ProblemsError([tooLarge(file, size)]);
    return { file, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof ProblemsError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !wanted) return { file, text: '' };
    throw new ProblemsError([unreadable(file, missing, error)]);
  }
}

function unreadable(file: string, missing: boolean, error: unknown): Problem {
  const message = missing ? 'this file is missing' : `this file cannot be read: ${messageOf(error)}`;
  return { message, at: { file, line: 1, col: 1 }, hint: 'name another one by SHOWRUNNER_CONFIG, or none' };
}
