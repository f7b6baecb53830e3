import { z } from 'zod';
import { isMapping } from '../show/reader.ts';
import type { Adapters } from './read-backend.ts';
import { acceptsSecret } from './setting-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const reference = (key: string): Json => ({
  type: 'object',
  properties: { [key]: { type: 'string', minLength: 1 } },
  required: [key],
  additionalProperties: false,
});
const secret: Json = { anyOf: [reference('env'), reference('file')] };

/** JSON Schema of showrunner.yaml for editors: every kind of backend, with its settings. */
export function configJsonSchema(adapters: Adapters): Json {
  const kinds = Object.keys(adapters);
  const saysItsKind = { type: 'object', properties: { kind: {} }, required: ['kind'] };
  const named = { anyOf: kinds.map((kind) => ({ allOf: [{ $ref: `#/$defs/${kind}` }, saysItsKind] })) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The backends of Showrunner',
    type: 'object',
    properties: {
      backends: {
        type: ['object', 'null'],
        properties: Object.fromEntries(
          kinds.map((kind) => [kind, { anyOf: [{ type: 'null' }, { $ref: `#/$defs/${kind}` }] }]),
        ),
        additionalProperties: named,
      },
    },
    additionalProperties: false,
    $defs: Object.fromEntries(Object.entries(adapters).map(([kind, { settings }]) => [kind, ofKind(kind, settings)])),
  };
}

/** Nothing is required: the environment may say it. */
function ofKind(kind: string, settings: z.core.$ZodType): Json {
  const {
    $schema: _,
    required: __,
    properties,
    ...schema
  } = z.toJSONSchema(settings, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema instanceof z.ZodCustom && acceptsSecret(zodSchema)) Object.assign(jsonSchema, secret);
    },
  });
  return { ...schema, properties: { kind: { const: kind }, ...(isMapping(properties) ? properties : {}) } };
}
