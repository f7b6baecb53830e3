import { z } from 'zod';
import { Secret } from '../backends/secret.ts';
import { isMapping } from '../show/reader.ts';

type Schema = z.core.$ZodType;

/** What a setting is, below its default and whether it may be left out. */
export function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.def.innerType);
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in) : schema;
}

/**
 * Whether a secret may be given here, and is taken as one: to a mapping of optional keys it would be an empty mapping.
 * `secretSetting` with another description is another schema.
 */
export function acceptsSecret(schema: Schema): boolean {
  return z.safeParse(schema, new Secret('any')).data instanceof Secret;
}

/** Whether a text, number or yes and no may be given here that is no secret. */
export function isPlain(schema: Schema): boolean {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) return !acceptsSecret(inner) && inner.options.some(isPlain);
  return (
    inner instanceof z.ZodString ||
    inner instanceof z.ZodStringFormat ||
    inner instanceof z.ZodNumber ||
    inner instanceof z.ZodBoolean ||
    inner instanceof z.ZodEnum ||
    inner instanceof z.ZodLiteral
  );
}

/** The schema of what stands under a key or index; undefined where nothing is known of it. */
export function schemaBelow(schema: Schema | undefined, step: PropertyKey): Schema | undefined {
  const inner = schema && unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const shape: Readonly<Record<string, Schema>> = inner.shape;
    return Object.hasOwn(shape, step) ? shape[String(step)] : undefined;
  }
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  if (!(inner instanceof z.ZodUnion)) return undefined;
  const below = inner.options.map((option: Schema) => schemaBelow(option, step));
  return below.find((found) => found !== undefined);
}

/** A setting that is given as one value, e.g. `['links', 'trace']`. */
export interface Leaf {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** Every setting of a schema; those of a mapping with known keys one by one. */
export function leavesOf(schema: Schema, path: readonly string[] = []): readonly Leaf[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, schema }];
  const shape: Readonly<Record<string, Schema>> = inner.shape;
  return Object.entries(shape).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** The same settings with one of them replaced. */
export function withSetting(settings: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const mapping = isMapping(settings) ? settings : {};
  return { ...mapping, [key]: withSetting(mapping[key], rest, value) };
}
