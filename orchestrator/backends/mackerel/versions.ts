import type { EndpointStats, Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { type Asking, touches } from './listing.ts';
import { wholeSeconds } from './windows.ts';

const maxVersions = 10;

/**
 * The releases of a service that have spans in a window. Mackerel has no list of them: the newest trace of any other release than those
 * known is asked for, until there is none.
 */
export async function versionsOf(
  { name, client }: Asking,
  window: Window,
  service: string,
): Promise<readonly string[]> {
  const seconds = wholeSeconds(name, window);
  const known = new Set<string>();
  while (known.size <= maxVersions) {
    const resourceAttributes = [...known].map(
      (value) => ({ key: 'service.version', value, operator: 'NEQ', type: 'string' }) as const,
    );
    const { results } = await client.listTraces({ service, seconds, resourceAttributes }, 1);
    const newest = results.find((summary) => touches(summary, window));
    const trace = newest && (await client.trace(newest.traceId, newest));
    const versions = trace?.spans.flatMap((span) => (span.service === service ? (span.version ?? []) : [])) ?? [];
    const before = known.size;
    for (const version of versions) known.add(version);
    if (known.size === before) return [...known].toSorted();
  }
  throw new NoAnswer('backend-too-much', `${name} has more than ${maxVersions} releases of ${service} in the window`, {
    hint: 'ask for a shorter window',
  });
}

/** The statistics by release. Throws a NoAnswer unless they account for all requests. */
export function withVersions(
  name: string,
  all: readonly EndpointStats[],
  apart: readonly EndpointStats[],
): readonly EndpointStats[] {
  const counts = new Map<string, number>();
  for (const row of apart) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + row.count);
  const short = all.find((row) => (counts.get(nameOf(row)) ?? 0) < row.count);
  if (!short) return apart;
  const missing = short.count - (counts.get(nameOf(short)) ?? 0);
  throw new NoAnswer(
    'backend-nonsense',
    `${name} does not tell releases of ${short.service} apart: ${missing} of ${short.count} requests to ${nameOf(short)} are of none that was found`,
    { hint: 'they may be on their way, ask again; do all spans have service.version?' },
  );
}

function nameOf({ method, route }: EndpointStats): string {
  return `${method} ${route}`;
}
