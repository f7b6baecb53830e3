import type { Adapter } from '../backends/adapter.ts';
import { Secret } from '../backends/secret.ts';
import { lookUp } from '../show/catalogue.ts';
import { isMapping, type Reader, readValue } from '../show/reader.ts';
import { quote } from '../show/source-file.ts';
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
  const kind = said === undefined ? name : said;
  const adapter = typeof kind === 'string' ? lookUp(adapters, kind) : undefined;
  if (!adapter || typeof kind !== 'string') {
    const hint = suggest(typeof kind === 'string' ? kind : '', Object.keys(adapters));
    if (said !== undefined) {
      problems.add(yaml.valueAt([...path, 'kind']), `there is no kind of backend ${quote(kind)}`, hint);
    } else {
      problems.add(yaml.keyAt(path), `${quote(name)} is no kind of backend`, `${hint}; any name will do with \`kind\``);
    }
    return undefined;
  }
  const { kind: _, ...value } = mappingAt(file, path);
  return { kind, adapter, path, value, reader };
}

/** Settings of the file, overridden by those of the environment; undefined where nothing is said, or something is wrong. */
export async function readSettings(
  reader: Reader,
  { adapter, path, value, reader: inFile }: Written,
  given: readonly EnvironmentSetting[],
  place: Place,
): Promise<unknown> {
  const written = await withSecrets(value, path, adapter.settings, { reader, place });
  const settings = given.reduce<unknown>((all, setting) => withSetting(all, setting.path, setting.value), written);
  if (isMapping(settings) && Object.keys(settings).length === 0) {
    if (adapter.programs) return undefined;
    if (!inFile) return adapter.settings.safeParse({}).data;
  }
  return readValue(reader, path, adapter.settings, settings)?.value;
}

interface Looking {
  readonly reader: Reader;
  readonly place: Place;
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
    const found = await lookUpSecret(reference, looking.place);
    if ('secret' in found) return found.secret;
    looking.reader.problems.add(looking.reader.yaml.valueAt(path), found.message, found.hint);
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
