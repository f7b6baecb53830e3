import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { backends } from '../../../orchestrator/backends/index.ts';
import { otlp } from '../../../orchestrator/backends/otlp/adapter.ts';
import { configJsonSchema } from '../../../orchestrator/config/json-schema.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it('is written as the code says', () => {
  const file = join(root, 'talk-scripts/showrunner.schema.json');
  expect(existsSync(file), 'talk-scripts/showrunner.schema.json is missing: run `npm run schema`').toBe(true);
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(written, 'talk-scripts/showrunner.schema.json is stale: run `npm run schema`').toEqual(
    JSON.parse(JSON.stringify(configJsonSchema(backends))),
  );
});

describe('a file is', () => {
  const adapters = { ...backends, otlp };
  const schema = z.fromJSONSchema(
    JSON.parse(JSON.stringify(configJsonSchema(adapters))) as z.core.JSONSchema.JSONSchema,
  );
  const screen = { url: 'http://127.0.0.1:4318', headers: { authorization: { env: 'TOKEN' }, 'x-org': 'shop' } };

  it.each([
    {},
    { backends: null },
    { backends: { embedded: null, otlp: screen } },
    { backends: { otlp: { kind: 'otlp', gzip: false } } },
    { backends: { screen: { kind: 'otlp', ...screen } } },
    { backends: { otlp: { url: { traces: 'http://a/v1/traces' } } } },
  ])('accepted: %j', (file) => {
    expect(schema.safeParse(file).error?.issues ?? []).toEqual([]);
  });

  it.each([
    { backend: {} },
    { backends: { screen } },
    { backends: { screen: { kind: 'oltp' } } },
    { backends: { otlp: { kind: 'embedded' } } },
    { backends: { otlp: { ulr: 'http://a' } } },
    { backends: { otlp: { headers: { authorization: { env: 'A', file: 'b' } } } } },
    { backends: { otlp: { gzip: 'yes' } } },
  ])('refused: %j', (file) => {
    expect(schema.safeParse(file).success).toBe(false);
  });
});
