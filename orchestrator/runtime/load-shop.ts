import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { packageRoot } from '../package-root.ts';
import type { ServiceSpec, Shop } from './shop.ts';

const serviceSchema = z.strictObject({
  version: z.string(),
  releases: z.array(z.string()).default([]),
  instrumented: z.boolean().default(true),
  database: z.boolean().default(false),
  calls: z.array(z.string()).default([]),
  routes: z.array(z.string().regex(/^[A-Z]+ \//, 'must be `METHOD /path`')).default([]),
});

const shopSchema = z.strictObject({ services: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), serviceSchema) });

const flagSchema = z.object({
  state: z.enum(['ENABLED', 'DISABLED']),
  variants: z.record(z.string(), z.unknown()),
  defaultVariant: z.string(),
  targeting: z.unknown().optional(),
});

const flagsSchema = z.object({ flags: z.record(z.string(), flagSchema) });

/**
 * Reads `shop.yaml` and `flags.json` of a services folder, with every default filled in: `releases` includes `version`,
 * `calls` defaults to none, `instrumented` to true, `database` to false. A bad file is a ShowrunnerError (exit code 3).
 */
export async function loadShop(servicesDir = join(packageRoot(), 'services')): Promise<Shop> {
  const shopFile = join(servicesDir, 'shop.yaml');
  const flagsFile = join(servicesDir, 'flags.json');
  const [{ services }, flags] = await Promise.all([
    read(shopFile, yaml, shopSchema),
    read(flagsFile, (text) => JSON.parse(text) as unknown, flagsSchema),
  ]);
  const specs = Object.entries(services).map(([name, service]): [string, ServiceSpec] => [
    name,
    { ...service, name, releases: [...new Set([service.version, ...service.releases])] },
  ]);
  const unknown = specs.flatMap(([name, { calls }]) =>
    calls.filter((call) => !Object.hasOwn(services, call)).map((call) => `${name} calls ${call}, which is no service`),
  );
  if (unknown.length > 0) throw badFile(shopFile, unknown.join('; '));
  return { services: Object.fromEntries(specs), flags };
}

async function read<T>(file: string, parse: (text: string) => unknown, schema: z.ZodType<T>): Promise<T> {
  let document: unknown;
  try {
    document = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw badFile(file, messageOf(error), error);
  }
  const result = schema.safeParse(document);
  if (!result.success) throw badFile(file, z.prettifyError(result.error), result.error);
  return result.data;
}

function yaml(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS() as unknown;
}

function badFile(file: string, why: string, cause?: unknown): ShowrunnerError {
  return new ShowrunnerError('bad-shop', `${file}: ${why}`, {
    exitCode: exitCodes.environment,
    hint: 'the file belongs to the program: reinstall it, or undo your change',
    cause,
  });
}
