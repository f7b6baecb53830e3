import type { Trace, Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import type { Summary } from './answers.ts';
import type { ListQuestion, MackerelClient } from './client.ts';
import type { Settings } from './settings.ts';
import { around } from './windows.ts';

/** What every question needs. */
export interface Asking {
  readonly name: string;
  readonly client: MackerelClient;
  readonly settings: Settings;
}

/** A list that goes on longer is none. */
export const maxPages = 100;

export type ListFilter = Omit<ListQuestion, 'service' | 'seconds'> & { readonly services: readonly string[] };

/** The traces of a service, newest first; `complete` unless there are more. */
export interface Listed {
  readonly service: string;
  readonly traces: readonly Summary[];
  readonly complete: boolean;
}

/**
 * The traces that have a span of each service near the window; the window is kept to afterwards, on their spans. As soon as there are
 * more than `most` in all, lists are left where they are, though not before their first page.
 */
export function listEach(
  { client }: Asking,
  window: Window,
  { services, ...filter }: ListFilter,
  most: number,
): Promise<readonly Listed[]> {
  const found = new Set<string>();
  const list = async (service: string): Promise<Listed> => {
    const traces = new Map<string, Summary>();
    for (let page = 1; ; page += 1) {
      const { results, hasNextPage } = await client.listTraces({ service, seconds: around(window), ...filter }, page);
      for (const summary of results) {
        if (!touches(summary, window)) continue;
        found.add(summary.traceId);
        traces.set(summary.traceId, summary);
      }
      if (!hasNextPage || found.size > most || page >= maxPages) {
        return { service, traces: [...traces.values()], complete: !hasNextPage };
      }
    }
  };
  return Promise.all(services.map(list));
}

/** All traces that have a span of one of the services near the window, each once. Throws a NoAnswer where there are more than `most`. */
export async function listAll(
  asking: Asking,
  window: Window,
  filter: ListFilter,
  most: number,
): Promise<readonly Summary[]> {
  const all = allOf(await listEach(asking, window, filter, most), most);
  if (all) return all;
  throw tooMuch(asking.name, most);
}

/** Every listed trace once; undefined where the lists are not complete or have more than `most`. */
export function allOf(lists: readonly Listed[], most: number): readonly Summary[] | undefined {
  const all = new Map(lists.flatMap(({ traces }) => traces.map((summary) => [summary.traceId, summary])));
  return all.size <= most && lists.every(({ complete }) => complete) ? [...all.values()] : undefined;
}

/** At most `most` of them, evenly from first to last. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]).flatMap(
    (item) => item ?? [],
  );
}

/** Whether a listed trace may have a span in the window. Its times are whole seconds, so it may be a second longer than it seems. */
export function touches(
  { traceStartAt, traceLatencyMillis, serviceStartAt, serviceLatencyMillis }: Summary,
  { from, to }: Window,
): boolean {
  const start = Math.min(traceStartAt, serviceStartAt) * 1000;
  const end = Math.max(traceStartAt * 1000 + traceLatencyMillis, serviceStartAt * 1000 + serviceLatencyMillis) + 1000;
  return start < to && end >= from;
}

/** The listed traces, whole. Throws a NoAnswer where one of them is not there: what is left would be a part that looks like all. */
export function fetchAll({ name, client }: Asking, listed: readonly Summary[]): Promise<readonly Trace[]> {
  return Promise.all(
    listed.map(async (summary) => {
      const trace = await client.trace(summary.traceId, summary);
      if (trace) return trace;
      throw new NoAnswer('backend-nonsense', `${name} lists trace ${summary.traceId} and does not have it`, {
        hint: 'it may be on its way; ask again',
      });
    }),
  );
}

export function tooMuch(name: string, most: number): NoAnswer {
  return new NoAnswer('backend-too-much', `${name} has more than ${most} traces that would have to be read for this`, {
    hint: 'ask for a shorter window, play less load, or raise `limits.maxTraces`; each takes `limits.traceEveryMs`',
  });
}
