import { NoAnswer } from '../http.ts';
import type { Labels, PrometheusApi, Sample } from './api.ts';
import { type Column, columnLabel, growth, selector, type Readings, withColumns } from './promql.ts';
import type { SpanMetrics } from './span-metrics.ts';
import { noTrouble } from './trouble.ts';

/** What is counted, and by what. */
export interface Asked {
  readonly kind: 'SERVER' | 'CLIENT';
  readonly service: string | undefined;
  /** The labels of an answer's rows. */
  readonly by: Readonly<Record<string, Column>>;
  /** Whether spans of this HTTP status (NaN without one), with or without the span status error, are errors. */
  failed(httpStatus: number, isError: boolean): boolean;
}

/** Spans with the same values of all columns; a column without a value is an empty text. */
export interface Counted {
  readonly values: Labels;
  readonly count: number;
  readonly errorCount: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

/** Where the counters are, and when they are read. */
export interface Reading {
  readonly api: PrometheusApi;
  readonly metrics: SpanMetrics;
  readonly readings: Readings;
  readonly delayMs: number;
}

const outcome: Readonly<Record<string, Column>> = {
  http_status: [{ label: 'http_response_status_code' }, { label: 'http_status_code' }],
  span_status: [{ label: 'status_code' }, { label: 'otel_status_code' }],
};

/** Statistics of the spans that were counted, most first, then by their values. */
export async function counted(reading: Reading, asked: Asked): Promise<readonly Counted[]> {
  const { api, metrics, readings, delayMs } = reading;
  const { calls, durations, unitMs } = metrics;
  const grouped = (metric: string, by: Readonly<Record<string, Column>>, ...more: readonly string[]): string => {
    const vector = growth(selector(metric, labelsOf(asked, metrics)), readings);
    return `sum by (${[...Object.keys(by).map(columnLabel), ...more].join(', ')}) (${withColumns(vector, by)})`;
  };
  const [spans, sums, counts, p95s] = await Promise.all([
    api.vector(grouped(calls, { ...asked.by, ...outcome })),
    api.vector(grouped(`${durations}_sum`, asked.by)),
    api.vector(grouped(`${durations}_count`, asked.by)),
    api.vector(`histogram_quantile(0.95, ${grouped(`${durations}_bucket`, asked.by, 'le')})`),
    noTrouble(api, { calls, series: selector(calls, labelsOf(asked, metrics)), readings, delayMs }),
  ]);
  const keyOf = ({ labels }: Sample): string => JSON.stringify(valuesOf(labels, asked));
  const valueOf = (samples: readonly Sample[]): ReadonlyMap<string, number> =>
    new Map(samples.map((sample) => [keyOf(sample), sample.value]));
  const [sumOf, countOf, p95Of] = [sums, counts, p95s].map(valueOf);
  return [...Map.groupBy(spans, keyOf)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, group]) => {
      const count = total(api, group);
      const avg = (sumOf?.get(key) ?? Number.NaN) / (countOf?.get(key) ?? Number.NaN);
      return {
        values: valuesOf(group[0]?.labels ?? {}, asked),
        count,
        errorCount: total(
          api,
          group.filter(({ labels }) => isFailed(labels, asked)),
        ),
        avgMs: avg * unitMs,
        p95Ms: (p95Of?.get(key) ?? Number.NaN) * unitMs,
      };
    })
    .filter(({ count }) => count > 0)
    .map((row) => timed(api, row))
    .toSorted((one, other) => other.count - one.count);
}

function labelsOf({ kind, service }: Asked, metrics: SpanMetrics): Record<string, string> {
  return { span_kind: `SPAN_KIND_${kind}`, ...(service !== undefined && { [metrics.service]: service }) };
}

function valuesOf(labels: Labels, { by }: Asked): Labels {
  return Object.fromEntries(Object.keys(by).map((name) => [name, labels[columnLabel(name)] ?? '']));
}

function isFailed(labels: Labels, { failed }: Asked): boolean {
  const status = labels[columnLabel('http_status')];
  return failed(status ? Number(status) : Number.NaN, labels[columnLabel('span_status')]?.endsWith('ERROR') ?? false);
}

function total({ name }: PrometheusApi, samples: readonly Sample[]): number {
  const sum = samples.reduce((rest, { value }) => rest + value, 0);
  if (sum >= 0 && samples.every(({ value }) => value >= 0)) return Math.round(sum);
  throw new NoAnswer('backend-nonsense', `${name} counted ${sum} spans: counters do not shrink`, {
    hint: 'the collector was restarted within the window, or two of them write the same series',
  });
}

/** Spans that were counted took a time; where they did not, a part of the metrics is missing. */
function timed({ name }: PrometheusApi, row: Counted): Counted {
  if (Number.isFinite(row.avgMs) && Number.isFinite(row.p95Ms)) return row;
  const which = Object.values(row.values).filter(Boolean).join(' ');
  throw new NoAnswer('backend-nonsense', `${name} counted ${row.count} spans of ${which}, and not how long they took`, {
    hint: 'the span metrics need a histogram with explicit buckets, of the same dimensions as the counter',
  });
}
