import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { suggest } from '../show/suggest.ts';
import { secretOf } from './secrets.ts';
import { acceptsSecret, type Leaf, leavesOf, unwrap } from './setting-schema.ts';

const prefix = 'SHOWRUNNER_BACKEND_';
/** That of the flag `--backend-binary`: it is no setting. */
const flagsVariable = `${prefix}BINARY`;

/** A setting that a variable of the environment gives. */
export interface EnvironmentSetting {
  readonly backend: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Problems have the variable in place of a file. */
export interface EnvironmentSettings {
  readonly settings: readonly EnvironmentSetting[];
  readonly problems: readonly Problem[];
}

/**
 * Settings by environment: SHOWRUNNER_BACKEND_<NAME>_<SETTING> in upper snake case, `apiKey` of `mackerel` being
 * SHOWRUNNER_BACKEND_MACKEREL_API_KEY. A secret is the value itself, a list has commas, a mapping is `name=value,name=value`.
 * An empty variable says nothing.
 */
export function settingsOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  backends: Readonly<Record<string, z.core.$ZodType>>,
): EnvironmentSettings {
  const settings: EnvironmentSetting[] = [];
  const problems: Problem[] = [];
  const known = new Map(
    Object.entries(backends).flatMap(([backend, schema]) =>
      leavesOf(schema).map((leaf): [string, Leaf & { backend: string }] => [
        variableOf(backend, leaf.path),
        { ...leaf, backend },
      ]),
    ),
  );
  for (const [variable, text = ''] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || variable === flagsVariable || text.trim() === '') continue;
    const leaf = known.get(variable);
    const read = leaf ? readSetting(leaf.schema, text) : unknownSetting(variable, [...known.keys()]);
    if ('message' in read) problems.push({ at: { file: variable, line: 1, col: 1 }, ...read });
    else if (leaf) settings.push({ backend: leaf.backend, path: leaf.path, value: read.value });
  }
  return { settings, problems };
}

/** The variable of a setting. */
export function variableOf(backend: string, path: readonly string[]): string {
  return `${prefix}${[backend, ...path].map(upperSnake).join('_')}`;
}

/** `apiKey` is `API_KEY`. */
export function upperSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}

type Read = { readonly value: unknown } | { readonly message: string; readonly hint?: string };

function unknownSetting(variable: string, known: readonly string[]): Read {
  const ofBackend = known.filter((name) => variable.startsWith(name.split('_').slice(0, 3).join('_')));
  return {
    message: 'no backend has such a setting',
    hint: suggest(variable, ofBackend.length > 0 ? ofBackend : known),
  };
}

function readSetting(schema: z.core.$ZodType, text: string): Read {
  if (acceptsSecret(schema)) {
    const found = secretOf(text, 'this variable');
    return 'secret' in found ? { value: found.secret } : found;
  }
  const value = valueOf(unwrap(schema), text.trim());
  const read = z.safeParse(schema, value);
  const issue = read.error?.issues[0];
  return issue ? { message: issue.message.replace(/^Invalid input: /, '') } : { value };
}

/** What the text stands for; what it cannot stand for is left to the schema. */
function valueOf(schema: z.core.$ZodType, text: string): unknown {
  if (schema instanceof z.ZodBoolean) return { true: true, false: false }[text] ?? text;
  if (schema instanceof z.ZodNumber) return Number.isNaN(Number(text)) ? text : Number(text);
  if (schema instanceof z.ZodArray) {
    return text.split(',').map((item) => valueOf(unwrap(schema.element), item.trim()));
  }
  if (schema instanceof z.ZodRecord) return Object.fromEntries(pairsOf(schema.valueType, text));
  return text;
}

/** As OTEL_EXPORTER_OTLP_HEADERS has them. */
function pairsOf(valueType: z.core.$ZodType, text: string): readonly (readonly [string, unknown])[] {
  return text.split(',').map((pair) => {
    const equals = pair.indexOf('=');
    const value = decoded(pair.slice(equals + 1).trim());
    const found = acceptsSecret(valueType) ? secretOf(value, 'it') : { secret: value };
    return [pair.slice(0, Math.max(0, equals)).trim(), 'secret' in found ? found.secret : undefined];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
