import { setTimeout as sleep } from 'node:timers/promises';
import type { Window } from '../backend.ts';
import { statisticsOf } from '../computed/statistics.ts';
import { NoAnswer } from '../http.ts';
import type { TempoClient } from './client.ts';
import type { Series } from './shapes.ts';

type Values = readonly (string | undefined)[];

/** Which spans of a spanset are measured together, and which of them count as errors. */
export interface Asked {
  /**
   * A TraceQL spanset with one condition on attributes at most, the service's name aside: metrics of Tempo 2.6 count spans that
   * fulfil only one of several (`!= nil` and `>= 500`). What else is wanted is grouped by, and left out here.
   */
  readonly spans: string;
  readonly by: readonly string[];
  /** More attributes, and what their values are where there was an error. All in all TraceQL takes five. */
  readonly failed: { readonly by: readonly string[]; is(values: Values): boolean };
}

/** Spans with the same `values` of the attributes that they were asked `by`. */
export interface Measured {
  readonly values: Values;
  readonly count: number;
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

/**
 * Counts by TraceQL metrics; durations by a search, which gives those of all spans exactly. TraceQL's own p95 is interpolated between powers of
 * two: 100 requests of 140 ms each would be 259 ms, and a bound of 250 ms would hold that did not.
 */
export type Measure = (window: Window, asked: Asked) => Promise<readonly Measured[]>;

export const byStatus: Asked['failed'] = { by: ['status'], is: ([status]) => status === 'error' };

export function measurer(client: TempoClient): Measure {
  return async (window, asked) => {
    const { by, failed } = asked;
    const { groups, durations } = await agreed(client, window, asked);
    return [...groups].map(([key, group]) => {
      const failures = group.filter((series) => failed.is(valuesOf(series, failed.by)));
      const { avgMs = Number.NaN, p95Ms = Number.NaN } = durations.get(key) ?? {};
      return {
        // A group has at least one.
        values: group.slice(0, 1).flatMap((series) => valuesOf(series, by)),
        count: sum(group),
        errorCount: sum(failures),
        avgMs,
        p95Ms,
      };
    });
  };
}

interface Found {
  readonly groups: ReadonlyMap<string, readonly Series[]>;
  readonly durations: ReadonlyMap<string, { readonly avgMs: number; readonly p95Ms: number }>;
}

/** Metrics and searches read two stores, each written to at checks of its own (every 2 s in program.ts): a span is in one before the other. */
const looks = 4;
const lookEveryMs = 1000;

/** Counts and durations of the same groups; throws where one has what the other does not come to have. */
async function agreed(client: TempoClient, window: Window, asked: Asked): Promise<Found> {
  for (let look = 1; ; look += 1) {
    const [groups, durations] = await Promise.all([
      countsOf(client, window, asked),
      durationsOf(client, window, asked),
    ]);
    const lacking = [...groups.keys()].find((key) => !durations.has(key));
    const uncounted = groups.size === 0 && durations.size > 0;
    if (lacking === undefined && !uncounted) return { groups, durations };
    if (look === looks) throw uncounted ? notCounted(asked) : notTimed(lacking);
    await sleep(lookEveryMs);
  }
}

/** Tempo 2 without the `local-blocks` processor counts nothing, whatever it has, and says so as if that were an answer. */
function notCounted({ spans }: Asked): NoAnswer {
  return new NoAnswer('backend-rejected', `Tempo finds spans of ${spans} that its TraceQL metrics do not count`, {
    hint: 'Tempo 2 needs the processor local-blocks in its metrics generator, with filter_server_spans: false; new spans need more delayMs',
  });
}

function notTimed(key: string | undefined): NoAnswer {
  return new NoAnswer('backend-cut', `Tempo counts spans of ${key} and does not know how long they took`, {
    hint: 'they may be too new: give it more delayMs',
  });
}

async function countsOf(client: TempoClient, window: Window, { spans, by, failed }: Asked): Promise<Found['groups']> {
  const all = [...by, ...failed.by];
  const counted = await client.instant(window, `${spans} | count_over_time() by (${all.join(', ')})`);
  return Map.groupBy(
    counted.filter(({ value }) => value > 0),
    (series) => keyOf(valuesOf(series, all).slice(0, by.length)),
  );
}

/** Of one trace: only Tempo 3 has an upper limit (100), and that is not asked like this. */
const spansEach = 100_000;

async function durationsOf(client: TempoClient, window: Window, { spans, by }: Asked): Promise<Found['durations']> {
  const hits = await client.search(window, `${spans} | select(${by.join(', ')})`, spansEach);
  const names = by.map((label) => label.replace(/^(resource|span)\./, ''));
  const groups = Map.groupBy(
    hits.flatMap((hit) => hit.spans),
    ({ attributes }) => keyOf(names.map((name) => attributes.get(name))),
  );
  return new Map([...groups].map(([key, list]) => [key, statisticsOf(list.map(({ durationMs }) => durationMs))]));
}

function valuesOf({ labels }: Series, by: readonly string[]): Values {
  // Every span has a status, and without it no error would be seen.
  if (by.includes('status') && !labels.has('status')) {
    throw new NoAnswer('backend-nonsense', 'Tempo groups by status and does not name it', {
      hint: 'its version may be older or newer than those we know',
    });
  }
  return by.map((name) => labels.get(name));
}

function keyOf(values: Values): string {
  return JSON.stringify(values.map((value) => value ?? null));
}

function sum(group: readonly Series[]): number {
  return group.reduce((total, { value }) => total + value, 0);
}
