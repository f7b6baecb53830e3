/**
 * What the instrumentation does not say of a database span: its operation, and the former name of each attribute, which is all that
 * some backends read. https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/
 */
export function databaseAttributes(database: string | undefined, text?: string): Record<string, string> {
  const operation = /^\s*(\w+)/.exec(text ?? '')?.[1]?.toUpperCase();
  return {
    'db.system': 'postgresql',
    ...(database !== undefined && { 'db.name': database }),
    ...(text !== undefined && { 'db.statement': text }),
    ...(operation !== undefined && { 'db.operation.name': operation, 'db.operation': operation }),
  };
}

/** Which service answers at which origin, from the `<NAME>_URL` variables: a call through a proxy still names its callee. */
export function peersByOrigin(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const peers = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    const name = /^([A-Z]+)_URL$/.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined || value === undefined || !/^https?:/.test(value) || name === 'flags') continue;
    peers.set(new URL(value).origin, name);
  }
  return peers;
}
