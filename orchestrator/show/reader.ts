import { stringify } from 'yaml';
import { z } from 'zod';
import type { ProblemList } from './source-file.ts';
import { quote } from './source-file.ts';
import { list, suggest } from './suggest.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** What reads the pieces of one YAML file. */
export interface Reader {
  readonly yaml: YamlSource;
  readonly problems: ProblemList;
}

type Shape = z.core.$ZodShape;
type Fields<S extends Shape> = Partial<z.output<z.ZodObject<S>>>;

/** Reads the mapping at `path` key by key, so that a bad value hides nothing that is wrong beside it; what could not be read is absent. */
export function readFields<S extends Shape>(reader: Reader, path: Path, shape: S, value: unknown): Fields<S> {
  if (!isMapping(value)) {
    const found =
      value === null || value === undefined ? 'nothing is written here' : `expected a mapping, not ${quote(value)}`;
    reader.problems.add(reader.yaml.keyAt(path), found, `write the keys ${list(Object.keys(shape))}`);
    return {};
  }
  const fields: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const read = z.safeParse(schema, Object.hasOwn(value, key) ? value[key] : undefined);
    if (read.success) fields[key] = read.data;
    else report(reader, [...path, key], schema, read.error.issues);
  }
  reportUnknownKeys(reader, path, Object.keys(value), Object.keys(shape));
  // Each value is the output of its own key's schema.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return fields as Fields<S>;
}

/** Reads one value; undefined, with its problems reported, when it does not fit. */
export function readValue<S extends z.core.$ZodType>(
  reader: Reader,
  path: Path,
  schema: S,
  value: unknown,
): { value: z.output<S> } | undefined {
  const read = z.safeParse(schema, value);
  if (read.success) return { value: read.data };
  report(reader, path, schema, read.error.issues);
  return undefined;
}

export function reportUnknownKeys(
  reader: Reader,
  path: Path,
  written: readonly string[],
  known: readonly string[],
): void {
  for (const key of written) {
    if (!known.includes(key))
      reader.problems.add(reader.yaml.keyAt([...path, key]), `unknown key ${quote(key)}`, suggest(key, known));
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function report(reader: Reader, base: Path, schema: z.core.$ZodType, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) {
    const path = [...base, ...issue.path];
    const at = schemaAt(schema, issue.path);
    if (issue.code === 'unrecognized_keys') {
      reportUnknownKeys(reader, path, issue.keys, keysOf(at));
    } else if (!reader.yaml.has(path)) {
      reader.problems.add(
        reader.yaml.valueAt(path.slice(0, -1)),
        `${quote(String(path.at(-1)))} is missing`,
        hintOf(at),
      );
    } else {
      reader.problems.add(reader.yaml.valueAt(path), ...explain(issue, at, valueOf(reader, path)));
    }
  }
}

function explain(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType | undefined,
  value: unknown,
): readonly [string, string | undefined] {
  const message = issue.message.replace(/^Invalid input: /, '');
  if (issue.code === 'invalid_value') {
    return [`${quote(value)} is not allowed here`, suggest(String(value), issue.values.map(String))];
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const forms = issue.errors.flat().map((inner) => inner.message.replace(/^Invalid input: /, ''));
    return [`${quote(value)} is not allowed here`, hintOf(schema) ?? [...new Set(forms)].join(', or ')];
  }
  return [message, message.includes('for example') ? undefined : hintOf(schema)];
}

function valueOf(reader: Reader, path: Path): unknown {
  let value = reader.yaml.value;
  for (const step of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return value;
}

/** The schema below `schema` that an issue's path leads to. */
function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const inner: z.core.$ZodType | undefined = at && unwrap(at);
    if (inner instanceof z.ZodObject) at = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) at = inner.element;
    else if (inner instanceof z.ZodRecord) at = inner.valueType;
    else return undefined;
  }
  return at;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.def.innerType);
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema;
}

/** The keys of a mapping's schema. */
export function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  const inner = schema && unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** What a schema says about itself: its examples, else its description. */
function hintOf(schema: z.core.$ZodType | undefined): string | undefined {
  if (!schema) return undefined;
  const { examples, description } = { ...z.globalRegistry.get(unwrap(schema)), ...z.globalRegistry.get(schema) };
  return Array.isArray(examples) ? `for example ${list(examples.map(asWritten))}` : description;
}

function asWritten(example: unknown): string {
  return typeof example === 'string' ? example : stringify(example, { collectionStyle: 'flow' }).trim();
}
