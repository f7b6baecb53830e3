import type { Adapter } from '../backends/adapter.ts';
import type { Problem } from '../errors.ts';
import { lookUp } from '../show/catalogue.ts';
import { isMapping } from '../show/reader.ts';
import type { SourceFile } from '../show/source-file.ts';
import type { Path, YamlSource } from '../show/yaml-source.ts';
import { referenceOf } from './secrets.ts';
import { acceptsSecret, isPlain, schemaBelow } from './setting-schema.ts';

type Schema = Parameters<typeof schemaBelow>[0];

/** What may be shown of a file in which somebody may have written a secret. */
export interface Discreet {
  readonly yaml: YamlSource;
  readonly source: SourceFile;
}

const hidden = '[secret]';
/** Shorter ones are in every other line; the line where they stand is hidden all the same. */
const tellingLength = 4;

/** Hides every value that is not known to be none, and every line that such a value is in. */
export function discreet(source: SourceFile, yaml: YamlSource, adapters: Readonly<Record<string, Adapter>>): Discreet {
  const lines = new Set<number>();
  const words = new Set<string>();
  const hide = (path: Path, value: unknown): string => {
    lines.add(yaml.valueAt(path).line);
    const pieces = JSON.stringify(value).split(/[\s"'\\{}[\]:,]+/);
    for (const piece of pieces) if (piece.length >= tellingLength) words.add(piece);
    return hidden;
  };
  const value = scrubFile(yaml.value, adapters, hide);
  const shown = source.text
    .split('\n')
    .map((line, index) => (lines.has(index + 1) || [...words].some((word) => line.includes(word)) ? '' : line));
  return { yaml: { ...yaml, value }, source: { file: source.file, text: shown.join('\n') } };
}

/** A problem of a file that is no YAML: without the pieces of it that the parser quotes. */
export function withoutPieces({ message, at, hint }: Problem): readonly [Problem['at'], string, string | undefined] {
  const [, prefix = '', said = ''] = /^(not YAML: )?([^:`"'\\]*)/.exec(message) ?? [];
  return [at, `${prefix}${said}`.trim(), hint?.includes(':') ? undefined : hint];
}

type Hide = (path: Path, value: unknown) => string;

function scrubFile(file: unknown, adapters: Readonly<Record<string, Adapter>>, hide: Hide): unknown {
  return mapped(file, [], hide, (value, path) =>
    path[0] === 'backends'
      ? mapped(value, path, hide, (backend, at) => scrubBackend(backend, at, adapters, hide))
      : scrub(value, path, undefined, hide),
  );
}

function scrubBackend(backend: unknown, path: Path, adapters: Readonly<Record<string, Adapter>>, hide: Hide): unknown {
  const kind = isMapping(backend) && typeof backend['kind'] === 'string' ? backend['kind'] : String(path.at(-1));
  const schema = lookUp(adapters, kind)?.settings;
  return mapped(backend, path, hide, (value, at) =>
    at.at(-1) === 'kind' && typeof value === 'string'
      ? value
      : scrub(value, at, schemaBelow(schema, String(at.at(-1))), hide),
  );
}

function scrub(value: unknown, path: Path, schema: Schema, hide: Hide): unknown {
  if (referenceOf(value) || value === null) return value;
  if (schema && acceptsSecret(schema)) return hide(path, value);
  if (Array.isArray(value)) {
    return value.map((item, index) => scrub(item, [...path, index], schemaBelow(schema, index), hide));
  }
  if (isMapping(value)) {
    return mapped(value, path, hide, (item, at) => scrub(item, at, schemaBelow(schema, String(at.at(-1))), hide));
  }
  const known = schema !== undefined && isPlain(schema) && !hasPassword(value);
  return known ? value : hide(path, value);
}

function mapped(value: unknown, path: Path, hide: Hide, scrubOne: (value: unknown, path: Path) => unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return scrub(value, path, undefined, hide);
  if (!isMapping(value)) return hide(path, value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrubOne(item, [...path, key])]));
}

/** `https://user:password@host`, `https://host?token=…`. */
function hasPassword(value: unknown): boolean {
  return typeof value === 'string' && /\/\/[^/]*@|\?.*=/s.test(value);
}
