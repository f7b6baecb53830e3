import type { Problem } from '../errors.ts';
import { type Catalogue, type KnownProfile, lookUp } from './catalogue.ts';
import { checkShow } from './check-show.ts';
import { readAct } from './read-act.ts';
import { readFields } from './reader.ts';
import { loadShape, showShape } from './schema.ts';
import type { Act, LoadSpec, Show } from './show.ts';
import { ProblemList, quote, type SourceFile } from './source-file.ts';
import { suggest } from './suggest.ts';
import type { ShowReader } from './traffic.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** A show, or everything that is wrong with its file. */
export interface LoadedShow {
  readonly show?: Show;
  readonly problems: readonly Problem[];
  /** As far as they could be read, so that the talks can be checked against them whatever else is wrong. */
  readonly acts: readonly Act[];
}

const defaultBackend = 'embedded';

/** Reads `show.yaml`: the typed show with every default filled in, or all problems at once in the order of the file. Pure. */
export function loadShow(source: SourceFile, catalogue: Catalogue): LoadedShow {
  const problems = new ProblemList(source);
  const yaml = readYaml(source, problems);
  if (!yaml) return { problems: problems.sorted(), acts: [] };
  const show = readShow(yaml, problems, catalogue);
  return { ...(problems.empty && { show }), problems: problems.sorted(), acts: show.acts };
}

function readShow(yaml: YamlSource, problems: ProblemList, catalogue: Catalogue): Show {
  const plain = { yaml, problems };
  const fields = readFields(plain, [], showShape, yaml.value);
  const load = fields.load === undefined ? {} : readFields(plain, ['load'], loadShape, fields.load);
  const reader: ShowReader = {
    ...plain,
    catalogue,
    profileName: load.profile ?? '',
    profile: knownProfile(plain, catalogue, load.profile),
  };
  const acts = (fields.acts ?? []).map((act, index) =>
    readAct(reader, ['acts', index], act, fields.advance ?? 'clock'),
  );
  checkShow(reader, acts);
  return {
    name: fields.show ?? '',
    file: problems.file,
    title: fields.title ?? { en: '', ja: '' },
    backends: readBackends(reader, fields.backend ?? defaultBackend),
    load: { profile: load.profile ?? '', rate: load.rate ?? Number.NaN, env: load.env ?? {} } satisfies LoadSpec,
    acts,
  };
}

function knownProfile(
  reader: Pick<ShowReader, 'yaml' | 'problems'>,
  { profiles }: Catalogue,
  name: string | undefined,
): KnownProfile | undefined {
  if (name === undefined) return undefined;
  const profile = lookUp(profiles, name);
  if (!profile)
    reader.problems.add(
      reader.yaml.valueAt(['load', 'profile']),
      `there is no load profile ${quote(name)}`,
      suggest(name, Object.keys(profiles)),
    );
  return profile;
}

function readBackends(reader: ShowReader, written: string | readonly string[]): readonly string[] {
  const names = typeof written === 'string' ? [written] : written;
  for (const [index, name] of names.entries()) {
    const at = reader.yaml.valueAt(typeof written === 'string' ? ['backend'] : ['backend', index]);
    if (!reader.catalogue.backends.includes(name)) {
      reader.problems.add(at, `there is no backend ${quote(name)}`, suggest(name, reader.catalogue.backends));
    } else if (names.indexOf(name) < index) {
      reader.problems.add(at, `the backend ${quote(name)} is named twice`, 'name it once');
    }
  }
  return names;
}
