import { createHash, randomUUID } from 'node:crypto';
import type { Release, StartOptions } from '../runtime.ts';
import type { ServiceSpec } from '../shop.ts';
import { databaseName } from './platform.ts';

export interface Surroundings {
  readonly options: Pick<StartOptions, 'runId' | 'seed' | 'otlpEndpoint' | 'flagsUrl'>;
  /** Where the service listens. */
  readonly host: string;
  readonly port: number;
  /** `host:port` where the service finds a link, by `caller->callee`. */
  readonly linkOf: (link: string) => string;
}

/** The environment of one instance of a service, as docs/architecture.md describes it; what is its runtime's own is not in it. */
export function serviceEnvironment(
  spec: ServiceSpec,
  release: Release,
  { options, host, port, linkOf }: Surroundings,
): Record<string, string> {
  const env: Record<string, string> = {
    NODE_ENV: 'production',
    HOST: host,
    PORT: String(port),
    SERVICE_VERSION: release.version,
    SEED: options.seed,
    FLAGS_URL: options.flagsUrl,
  };
  for (const callee of spec.calls) {
    env[`${callee.toUpperCase().replaceAll('-', '_')}_URL`] = `http://${linkOf(`${spec.name}->${callee}`)}`;
  }
  if (spec.database) env['DATABASE_URL'] = `postgres://postgres@${linkOf(`${spec.name}->${databaseName}`)}/shop`;
  if (spec.instrumented) {
    env['OTEL_SERVICE_NAME'] = spec.name;
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] = options.otlpEndpoint;
    env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/protobuf';
    env['OTEL_RESOURCE_ATTRIBUTES'] = resourceAttributes(options.runId, release.version);
  }
  return { ...env, ...release.env };
}

/** `caller->callee` of every dependency; the database is the callee `postgres`. */
export function linksOf(specs: readonly ServiceSpec[]): readonly { readonly name: string; readonly callee: string }[] {
  return specs.flatMap(({ name, calls, database }) =>
    [...calls, ...(database ? [databaseName] : [])].map((callee) => ({ name: `${name}->${callee}`, callee })),
  );
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
