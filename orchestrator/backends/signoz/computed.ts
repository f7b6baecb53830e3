import { z } from 'zod';
import type { Dependency, Span, Tendency, TendencyFilter, Window } from '../backend.ts';
import { answerAfterMs, answerBeforeMs } from '../computed/dependencies.ts';
import { dependenciesOf, tendencyOf, tracesOfSpans } from '../computed/index.ts';
import { type Asked, maxRows, rangeOf } from './ask.ts';
import { spanPages } from './traces.ts';

/**
 * Edges from every call of the window and its answers. Its own service map counts by whole minutes, names the database's product
 * and not the database, and does not have peers that send nothing.
 */
export async function dependencies(asked: Asked, window: Window): Promise<readonly Dependency[]> {
  if (rangeOf(window) === undefined) return [];
  const spans = await around(asked, window, "kind_string IN ('Server', 'Client', 'Producer', 'Consumer')");
  const services = await asked.api.bare('/api/v1/services/list', z.array(z.string()).nullable());
  return dependenciesOf(spans, window, new Set([...(services ?? []), ...spans.map(({ service }) => service)]));
}

/** From every request of the window, and what the other services of its trace know; no sampling. */
export async function tendency(asked: Asked, window: Window, filter: TendencyFilter): Promise<readonly Tendency[]> {
  if (rangeOf(window) === undefined) return [];
  const spans = await around(asked, window, "kind_string = 'Server'");
  return tendencyOf(tracesOfSpans(spans), window, filter);
}

/** The spans of a window, and those before and after it that may belong to them. */
async function around(asked: Asked, { from, to }: Window, filter: string): Promise<readonly Span[]> {
  const window = { from: from - answerBeforeMs, to: to + answerAfterMs };
  const spans: Span[] = [];
  const question = { signal: 'traces', filter, direction: 'asc', firstRows: maxRows } as const;
  for await (const page of spanPages(asked, window, question)) spans.push(...page);
  return spans;
}
