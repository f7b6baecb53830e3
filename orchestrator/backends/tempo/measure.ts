import type { Window } from '../backend.ts';
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

/** Asks TraceQL metrics. */
export type Measure = (window: Window, asked: Asked) => Promise<readonly Measured[]>;

export const byStatus: Asked['failed'] = { by: ['status'], is: ([status]) => status === 'error' };

export function measurer(client: TempoClient): Measure {
  const averages = averagesOf(client);
  return async (window, asked) => {
    const { spans, by, failed } = asked;
    const all = [...by, ...failed.by];
    const [counted, averagesMs, p95sMs] = await Promise.all([
      client.instant(window, `${spans} | count_over_time() by (${all.join(', ')})`),
      averages(window, asked),
      over('quantile_over_time(duration, 0.95)', client, window, asked),
    ]);
    const present = counted.filter(({ value }) => value > 0);
    if (present.length === 0) await reallyNothing(client, window, spans);
    const groups = Map.groupBy(present, (series) => keyOf(valuesOf(series, by)));
    return [...groups].map(([key, group]) => {
      const failures = group.filter((series) => failed.is(valuesOf(series, failed.by)));
      return {
        // A group has at least one.
        values: group.slice(0, 1).flatMap((series) => valuesOf(series, by)),
        count: sum(group),
        errorCount: sum(failures),
        avgMs: durationOf(averagesMs, key),
        p95Ms: durationOf(p95sMs, key),
      };
    });
  };
}

/** Tempo 2 without the `local-blocks` processor counts nothing, whatever it has, and says so as if that were an answer. */
async function reallyNothing(client: TempoClient, window: Window, spans: string): Promise<void> {
  const hits = await client.search(window, spans, 20);
  if (hits.length === 0) return;
  throw new NoAnswer('backend-rejected', `Tempo finds spans of ${spans} that its TraceQL metrics do not count`, {
    hint: 'Tempo 2 needs the processor local-blocks in its metrics generator, with filter_server_spans: false; new spans need more delayMs',
  });
}

type Averages = (window: Window, asked: Asked) => Promise<ReadonlyMap<string, number>>;

/** Tempo has `avg_over_time` since 2.7; before that the mean is computed from all spans, whose exact durations a search gives. */
function averagesOf(client: TempoClient): Averages {
  let isKnown = true;
  return async (window, asked) => {
    if (!isKnown) return bySearch(client, window, asked);
    try {
      return await over('avg_over_time(duration)', client, window, asked);
    } catch (error) {
      if (!(error instanceof NoAnswer && error.status === 400)) throw error;
      const answer = await bySearch(client, window, asked);
      isKnown = false;
      return answer;
    }
  };
}

/** Of one trace: only Tempo 3 has an upper limit (100), and that is not asked like this. */
const spansEach = 100_000;

async function bySearch(
  client: TempoClient,
  window: Window,
  { spans, by }: Asked,
): Promise<ReadonlyMap<string, number>> {
  const hits = await client.search(window, `${spans} | select(${by.join(', ')})`, spansEach);
  const names = by.map((label) => label.replace(/^(resource|span)\./, ''));
  const groups = Map.groupBy(
    hits.flatMap((hit) => hit.spans),
    ({ attributes }) => keyOf(names.map((name) => attributes.get(name))),
  );
  return new Map(
    [...groups].map(([key, list]) => [
      key,
      list.reduce((total, { durationMs }) => total + durationMs, 0) / list.length,
    ]),
  );
}

/** Milliseconds by group. */
async function over(
  aggregate: string,
  client: TempoClient,
  window: Window,
  { spans, by }: Asked,
): Promise<ReadonlyMap<string, number>> {
  const answer = await client.instant(window, `${spans} | ${aggregate} by (${by.join(', ')})`);
  return new Map(answer.map((series) => [keyOf(valuesOf(series, by)), series.value * 1000]));
}

function durationOf(durationsMs: ReadonlyMap<string, number>, key: string): number {
  const duration = durationsMs.get(key);
  if (duration !== undefined) return duration;
  throw new NoAnswer('backend-cut', `Tempo counts spans of ${key} and does not know how long they took`, {
    hint: 'they may be too new: give it more delayMs',
  });
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
