/** What a service is told by its environment; docs/architecture.md has the table. */
export interface Config {
  readonly name: string;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
}

/** Reads the environment once; throws when a variable that the service cannot do without is missing or malformed. */
export function readConfig(name: string): Config {
  return {
    name,
    version: required('SERVICE_VERSION'),
    host: process.env['HOST'] ?? '127.0.0.1',
    port: integer('PORT', required('PORT')),
    seed: integer('SEED', process.env['SEED'] ?? '1'),
  };
}

/** Base URL of another service, without a trailing slash. */
export function urlOf(service: string): string {
  return required(`${service.toUpperCase()}_URL`).replace(/\/$/, '');
}

export function required(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set`);
  return value;
}

function integer(variable: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new Error(`${variable} is not an integer: ${text}`);
  return value;
}

/** Whether this release contains what came with `since`: `1.10.0` does contain what came with `1.9.0`. */
export function isAtLeast(version: string, since: string): boolean {
  return version.localeCompare(since, 'en', { numeric: true }) >= 0;
}
