import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { isMapping } from './reader.ts';
import { actShape, cueMoment, envelopeShape, healsShape, injectionShape, loadShape, showShape } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** JSON Schema of show.yaml for editors, with what the registries know: every fault with its parameters, every kind with its own. */
export function showJsonSchema({ faults, kinds }: Pick<Catalogue, 'faults' | 'kinds'>): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A show of Showrunner',
    ...object(showShape, {
      load: { anyOf: [object(loadShape), { type: 'array', minItems: 1, items: object(loadShape) }] },
      acts: { type: 'array', minItems: 1, items: act(faults, kinds) },
    }),
  };
}

function act(faults: Catalogue['faults'], kinds: Catalogue['kinds']): Json {
  const injections = Object.entries(faults).map(([name, fault]) =>
    object(injectionShape, {
      inject: { const: name, description: fault.story },
      on: { enum: fault.targets },
      with: schemaOf(fault.with),
    }),
  );
  const expectations = Object.entries(kinds).map(([name, kind]) => ({
    type: 'object',
    properties: { [name]: withEnvelope(schemaOf(kind.params)) },
    required: [name],
    additionalProperties: false,
  }));
  return object(actShape, {
    faults: { type: 'array', items: { anyOf: injections } },
    expect: { type: 'array', items: { anyOf: expectations } },
    heals: object(healsShape),
    cues: { type: 'object', additionalProperties: schemaOf(cueMoment) },
  });
}

/** The kind's parameters, with `within` and `min` beside them. */
function withEnvelope(params: Json): Json {
  return { ...params, properties: { ...propertiesOf(params), ...propertiesOf(object(envelopeShape)) } };
}

/** A mapping's schema, with some of its properties replaced by what is known better. */
function object(shape: z.core.$ZodShape, known: Json = {}): Json {
  const schema = schemaOf(z.strictObject(shape));
  return { ...schema, properties: { ...propertiesOf(schema), ...known } };
}

function propertiesOf({ properties }: Json): Json {
  return isMapping(properties) ? properties : {};
}

function schemaOf(schema: z.core.$ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
