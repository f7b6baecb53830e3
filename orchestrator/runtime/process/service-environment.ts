import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { StartOptions, Release } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { databaseName } from './network.ts';

export interface Surroundings {
  readonly options: Pick<StartOptions, 'runId' | 'seed' | 'cacheDir' | 'otlpEndpoint' | 'flagsUrl'>;
  /** `host:port` of each link, by `caller->callee`. */
  readonly links: ReadonlyMap<string, string>;
}

/** What of the user's environment a service may see: nothing that would change how it runs or where it reports to. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];

/** The environment of one instance of a service, as docs/architecture.md describes it. */
export function serviceEnvironment(
  spec: ServiceSpec,
  release: Release,
  port: number,
  surroundings: Surroundings,
): Record<string, string> {
  const { options, links } = surroundings;
  const link = (callee: string) => links.get(`${spec.name}->${callee}`) ?? '';
  const env: Record<string, string> = {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(options.cacheDir, 'compile-cache'),
    HOST: '127.0.0.1',
    PORT: String(port),
    SERVICE_VERSION: release.version,
    SEED: options.seed,
    FLAGS_URL: options.flagsUrl,
  };
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  for (const callee of spec.calls) env[`${callee.toUpperCase().replaceAll('-', '_')}_URL`] = `http://${link(callee)}`;
  if (spec.database) env['DATABASE_URL'] = `postgres://postgres@${link(databaseName)}/shop`;
  if (spec.instrumented) {
    env['OTEL_SERVICE_NAME'] = spec.name;
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] = options.otlpEndpoint;
    env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
    env['OTEL_RESOURCE_ATTRIBUTES'] = resourceAttributes(options.runId, release.version);
  }
  return { ...env, ...release.env };
}

function resourceAttributes(runId: string, version: string): string {
  const attributes = {
    'service.namespace': 'shop',
    'service.version': version,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': 'production',
    'deployment.environment': 'production',
    // Not the id itself: it has the show's name in it, and with that the answer.
    'deployment.id': createHash('sha256').update(runId).digest('hex').slice(0, 12),
  };
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(',');
}
