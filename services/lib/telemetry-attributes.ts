import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** The former name of each database attribute; some backends read only these. https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/ */
const legacyNames: readonly (readonly [string, string])[] = [
  ['db.system.name', 'db.system'],
  ['db.namespace', 'db.name'],
  ['db.query.text', 'db.statement'],
];

/** Gives database spans the former names of their attributes too, when they end: the query text comes after the start. */
export const legacyDatabaseAttributes: SpanProcessor = {
  onStart() {},
  onEnding(span) {
    if (span.attributes['db.system.name'] === undefined) return;
    for (const [name, legacyName] of legacyNames) {
      const value = span.attributes[name];
      if (value !== undefined) span.setAttribute(legacyName, value);
    }
    const text = span.attributes['db.query.text'];
    const operation = typeof text === 'string' ? /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() : undefined;
    if (operation !== undefined) span.setAttributes({ 'db.operation.name': operation, 'db.operation': operation });
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

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
