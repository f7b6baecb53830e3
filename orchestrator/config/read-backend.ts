import type { Adapter } from '../backends/adapter.ts';
import { Secret } from '../backends/secret.ts';
import { lookUp } from '../show/catalogue.ts';
import { isMapping, type Reader, readValue } from '../show/reader.ts';
import { type ProblemList, quote } from '../show/source-file.ts';
import { suggest } from '../show/suggest.ts';
import type { Path } from '../show/yaml-source.ts';
import type { EnvironmentSetting } from './environment.ts';
import { lookUpSecret, type Place, referenceOf } from './secrets.ts';
import { acceptsSecret, schemaBelow, withSetting } from './setting-schema.ts';

export type Adapters = Readonly<Record<string, Adapter>>;

/** A backend before its settings are checked. */
export interface Written {
  readonly kind: string;
  readonly adapter: Adapter;
  readonly path: Path;
  /** Its settings, as the file has them. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Of the file that it is written in; absent where it is in none. */
  readonly reader?: Reader;
}

/** One entry of `backends`; undefined, with its problem reported, when it cannot be known what kind it is. */
export function readBackend(
  reader: Reader,
  { name, shown, file }: { readonly name: string; readonly shown: unknown; readonly file: unknown },
  adapters: Adapters,
): Written | undefined {
  const path = ['backends', name];
  const { yaml, problems } = reader;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    problems.add(yaml.keyAt(path), `bad name ${quote(name)}`, 'lower-case letters and digits, words joined by `-`');
  }
  if (shown !== null && !isMapping(shown)) {
    problems.add(yaml.valueAt(path), `expected a mapping, not ${quote(shown)}`, 'write its settings as `key: value`');
    return undefined;
  }
  const said = shown?.['kind'];
  const kind = kindOf(reader, path, said === undefined ? name : said, adapters);
  const adapter = kind && lookUp(adapters, kind);
  if (!kind || !adapter) return undefined;
  const { kind: _, ...value } = mappingAt(file, path);
  return { kind, adapter, path, value, reader };
}

/** The kind that is said; undefined, with its problem reported, where there is none such, or its name belongs to another one. */
function kindOf({ yaml, problems }: Reader, path: Path, kind: unknown, adapters: Adapters): string | undefined {
  const name = String(path.at(-1));
  const isSaid = yaml.has([...path, 'kind']);
  if (typeof kind !== 'string' || !lookUp(adapters, kind)) {
    const hint = suggest(typeof kind === 'string' ? kind : '', Object.keys(adapters));
    if (isSaid) problems.add(yaml.valueAt([...path, 'kind']), `there is no kind of backend ${quote(kind)}`, hint);
    else
      problems.add(yaml.keyAt(path), `${quote(name)} is no kind of backend`, `${hint}; any name will do with \`kind\``);
    return undefined;
  }
  if (kind === name || !lookUp(adapters, name)) return kind;
  const hint = `leave out \`kind\`, or choose another name for a backend of the kind ${quote(kind)}`;
  problems.add(yaml.valueAt([...path, 'kind']), `${quote(name)} is a kind of backend itself`, hint);
  return undefined;
}

/** Where secrets are looked for, and which were not found. */
interface Search extends Place {
  readonly unfound: ProblemList;
}

/** Settings of the file, overridden by those of the environment; undefined where nothing is said, something is wrong, or a secret is not found. */
export async function readSettings(
  reader: Reader,
  { adapter, path, value, reader: inFile }: Written,
  given: readonly EnvironmentSetting[],
  search: Search,
): Promise<unknown> {
  const written = await withSecrets(value, path, adapter.settings, { reader, search });
  const settings = given.reduce<unknown>((all, setting) => withSetting(all, setting.path, setting.value), written);
  if (isMapping(settings) && Object.keys(settings).length === 0) {
    if (adapter.programs) return undefined;
    if (!inFile) return adapter.settings.safeParse({}).data;
  }
  const read = readValue(reader, path, adapter.settings, settings)?.value;
  return search.unfound.empty ? read : undefined;
}

interface Looking {
  readonly reader: Reader;
  readonly search: Search;
}

/** The value with every reference replaced by the secret that it leads to, where the schema wants one. */
async function withSecrets(
  value: unknown,
  path: Path,
  schema: Parameters<typeof schemaBelow>[0],
  looking: Looking,
): Promise<unknown> {
  const reference = referenceOf(value);
  if (reference && schema && acceptsSecret(schema)) {
    const found = await lookUpSecret(reference, looking.search);
    if ('secret' in found) return found.secret;
    looking.search.unfound.add(looking.reader.yaml.valueAt(path), found.message, found.hint);
    // Reported; the schema has nothing to add.
    return new Secret('');
  }
  const below = (item: unknown, step: string | number): Promise<unknown> =>
    withSecrets(item, [...path, step], schemaBelow(schema, step), looking);
  if (Array.isArray(value)) return Promise.all(value.map(below));
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await below(item, key)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function mappingAt(value: unknown, path: Path): Readonly<Record<string, unknown>> {
  const [step, ...rest] = path;
  const mapping = isMapping(value) ? value : {};
  return step === undefined ? mapping : mappingAt(mapping[String(step)], rest);
}
