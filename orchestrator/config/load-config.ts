import { z } from 'zod';
import type { Problem } from '../errors.ts';
import type { Reader } from '../show/reader.ts';
import { readFields } from '../show/reader.ts';
import { ProblemList, quote, type SourceFile } from '../show/source-file.ts';
import { readYaml, type YamlSource } from '../show/yaml-source.ts';
import type { Config } from './config.ts';
import { discreet, withoutPieces } from './discretion.ts';
import { settingsOfEnvironment, variableOf } from './environment.ts';
import { type Adapters, readBackend, readSettings, type Written } from './read-backend.ts';
import type { Place } from './secrets.ts';

/** What was read, or everything that is wrong with it. */
export interface LoadedConfig {
  readonly config?: Config;
  readonly problems: readonly Problem[];
}

const fileShape = {
  backends: z
    .record(z.string(), z.unknown(), { error: (issue) => `expected a mapping, not ${quote(issue.input)}` })
    .nullish()
    .meta({ examples: ['jaeger: {url: http://127.0.0.1:16686}'] }),
};

/**
 * Reads the text of `showrunner.yaml` and what the environment says: all problems at once, and no secret in any of them. A secret
 * that is not found is no problem of the file but of its backend, which carries it.
 */
export async function loadConfig(source: SourceFile, adapters: Adapters, place: Place): Promise<LoadedConfig> {
  const syntax = new ProblemList({ file: source.file, text: '' });
  const yaml = readYaml(source, syntax);
  const shown = yaml ? discreet(source, yaml, adapters) : { source: { file: source.file, text: '' }, yaml };
  const problems = new ProblemList(shown.source);
  for (const problem of syntax.sorted()) problems.add(...withoutPieces(problem));
  if (!yaml || !shown.yaml) return { problems: problems.sorted() };

  const written = readFile({ yaml: shown.yaml, problems }, yaml, adapters);
  const all: Readonly<Record<string, Written>> = { ...ofKinds(adapters), ...written };
  const environment = settingsOfEnvironment(
    place.env,
    Object.fromEntries(Object.entries(all).map(([name, { adapter }]) => [name, adapter.settings])),
  );
  const others: ProblemList[] = [];
  const backends = await Promise.all(
    Object.entries(all).map(async ([name, backend]) => {
      const reader = backend.reader ?? readerOf(variableOf(name, ['*']));
      if (!backend.reader) others.push(reader.problems);
      const given = environment.settings.filter((setting) => setting.backend === name);
      const unfound = new ProblemList(shown.source);
      const settings = await readSettings(reader, backend, given, { ...place, unfound });
      const { kind, adapter } = backend;
      return [name, { name, kind, adapter, settings, problems: unfound.sorted() }] as const;
    }),
  );
  const found = [...problems.sorted(), ...environment.problems, ...others.flatMap((list) => list.sorted())];
  return { ...(found.length === 0 && { config: { backends: Object.fromEntries(backends) } }), problems: found };
}

/** Every backend of the file whose kind is known. */
function readFile(reader: Reader, { value }: YamlSource, adapters: Adapters): Readonly<Record<string, Written>> {
  const { backends } = readFields(reader, [], fileShape, reader.yaml.value ?? {});
  return Object.fromEntries(
    Object.entries(backends ?? {}).flatMap(([name, shown]) => {
      const backend = readBackend(reader, { name, shown, file: value }, adapters);
      return backend ? [[name, backend]] : [];
    }),
  );
}

/** Every kind under its own name, with nothing said of it. */
function ofKinds(adapters: Adapters): Readonly<Record<string, Written>> {
  return Object.fromEntries(
    Object.entries(adapters).map(([kind, adapter]) => [kind, { kind, adapter, path: ['backends', kind], value: {} }]),
  );
}

/** Reads what is in no file: problems are at `where`. */
function readerOf(where: string): Reader {
  const problems = new ProblemList({ file: where, text: '' });
  const at = { file: where, line: 1, col: 1 };
  return { problems, yaml: { value: {}, has: () => false, valueAt: () => at, keyAt: () => at } };
}
