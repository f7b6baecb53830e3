import type { Problem } from '../errors.ts';
import type { Catalogue } from './catalogue.ts';
import { checkShow } from './check-show.ts';
import { readAct } from './read-act.ts';
import { readLoads, trafficIn } from './read-loads.ts';
import { isMapping, readFields } from './reader.ts';
import { showShape } from './schema.ts';
import type { Act, Show } from './show.ts';
import { ProblemList, quote, type SourceFile } from './source-file.ts';
import { suggest } from './suggest.ts';
import type { ShowReader, Traffic } from './traffic.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** A show, or everything that is wrong with its file. */
export interface LoadedShow {
  readonly show?: Show;
  readonly problems: readonly Problem[];
  /** As far as they could be read, so that the talks can be checked against them whatever else is wrong. */
  readonly acts: readonly Act[];
  /** What the loads of an act send; likewise. */
  readonly traffic: (act: string) => Traffic;
}

const defaultBackend = 'embedded';
const notKnown: Traffic = { profiles: [], reaches: undefined };

/** Reads `show.yaml`: the typed show with every default filled in, or all problems at once in the order of the file. Pure. */
export function loadShow(source: SourceFile, catalogue: Catalogue): LoadedShow {
  const problems = new ProblemList(source);
  const yaml = readYaml(source, problems);
  if (!yaml) return { problems: problems.sorted(), acts: [], traffic: () => notKnown };
  const { show, traffic } = readShow(yaml, problems, catalogue);
  return { ...(problems.empty && { show }), problems: problems.sorted(), acts: show.acts, traffic };
}

function readShow(
  yaml: YamlSource,
  problems: ProblemList,
  catalogue: Catalogue,
): Pick<LoadedShow, 'traffic'> & { show: Show } {
  const reader: ShowReader = { yaml, problems, catalogue };
  const fields = readFields(reader, [], showShape, yaml.value);
  const names = (fields.acts ?? []).map(nameOf);
  const load = fields.load === undefined ? [] : readLoads(reader, fields.load, names);
  const traffic = (index: number): Traffic => (load.length === 0 ? notKnown : trafficIn(load, names, index));
  const acts = (fields.acts ?? []).map((act, index) =>
    readAct({ ...reader, traffic: traffic(index) }, ['acts', index], act, fields.advance ?? 'clock'),
  );
  checkShow(reader, acts);
  const show = {
    name: fields.show ?? '',
    file: problems.file,
    title: fields.title ?? { en: '', ja: '' },
    backends: readBackends(reader, fields.backend ?? defaultBackend),
    load: load.map(({ spec }) => spec),
    acts,
  };
  return { show, traffic: (act) => (names.includes(act) ? traffic(names.indexOf(act)) : notKnown) };
}

/** The name that is written there, whether or not the rest of the act can be read. */
function nameOf(act: unknown): string {
  return isMapping(act) && typeof act['act'] === 'string' ? act['act'] : '';
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
