import { NoAnswer } from '../http.ts';
import { oncePerSuccess } from '../once-per-success.ts';
import type { PrometheusApi } from './api.ts';
import type { PrometheusSettings } from './settings.ts';

/** How the counted spans are called in one Prometheus. */
export interface SpanMetrics {
  /** The counter of spans. */
  readonly calls: string;
  /** The histogram of their durations, without `_bucket`, `_sum`, `_count`. */
  readonly durations: string;
  /** Milliseconds of one unit of the durations. */
  readonly unitMs: number;
  /** The label with the service’s name. */
  readonly service: string;
}

/**
 * Names by their ends, after any prefix: the connector’s (`traces_span_metrics_calls_total`, `traces_span_metrics_duration_milliseconds_bucket`), those
 * of its older releases (no prefix), and of Tempo’s generator (`traces_spanmetrics_calls_total`, `traces_spanmetrics_latency_bucket`, in seconds).
 * Source: documentation of opentelemetry-collector-contrib’s spanmetricsconnector; Tempo’s metrics-generator.
 */
const callsEnd = 'calls_total';
const durationEnds = { duration_milliseconds: 1, duration_seconds: 1000, latency: 1 } as const;
const pattern = `(.*_)?(${callsEnd}|(${Object.keys(durationEnds).join('|')})_bucket)`;
const tempoPrefix = 'traces_spanmetrics_';

/** Finds them at the first question, and keeps what it found. */
export function spanMetricsOf(api: PrometheusApi, settings: PrometheusSettings): () => Promise<SpanMetrics> {
  return oncePerSuccess(async () => {
    const names = new Set(await api.metricNames(pattern));
    const found = prefixesOf(names, settings.prefix).flatMap((prefix) => familyOf(prefix, names, settings.unit) ?? []);
    const [family, ...others] = found;
    if (family === undefined) throw noSpanMetrics(api.name, settings.prefix, names);
    if (others.length > 0) throw severalSpanMetrics(api.name, found);
    return family;
  });
}

function prefixesOf(names: ReadonlySet<string>, prefix: string | undefined): readonly string[] {
  if (prefix !== undefined) return [prefix];
  return [...names].filter((name) => name.endsWith(callsEnd)).map((name) => name.slice(0, -callsEnd.length));
}

function familyOf(prefix: string, names: ReadonlySet<string>, unit: 'ms' | 's' | undefined): SpanMetrics | undefined {
  const calls = `${prefix}${callsEnd}`;
  const end = Object.entries(durationEnds).find(([name]) => names.has(`${prefix}${name}_bucket`));
  if (!names.has(calls) || end === undefined) return undefined;
  const [name, namedMs] = end;
  const tempo = prefix === tempoPrefix;
  const unitMs = tempo && name === 'latency' ? 1000 : namedMs;
  return {
    calls,
    durations: `${prefix}${name}`,
    unitMs: unit === undefined ? unitMs : { ms: 1, s: 1000 }[unit],
    service: tempo ? 'service' : 'service_name',
  };
}

function noSpanMetrics(name: string, prefix: string | undefined, names: ReadonlySet<string>): NoAnswer {
  const missing = `${prefix ?? 'traces_span_metrics_'}${callsEnd}`;
  const has = [...names].slice(0, 5).join(', ');
  return new NoAnswer(
    'backend-not-found',
    `${name} has no span metrics: there is no ${missing} with explicit buckets of its durations${has && ` (only ${has})`}`,
    {
      hint: 'send traces to a collector with a spanmetrics connector, let Prometheus scrape it, and write `prefix` where its metrics are called otherwise; before the first span there are none',
    },
  );
}

function severalSpanMetrics(name: string, found: readonly SpanMetrics[]): NoAnswer {
  const prefixes = found.map(({ calls }) => `'${calls.slice(0, -callsEnd.length)}'`).join(' and ');
  return new NoAnswer('backend-too-much', `${name} has more than one set of span metrics: ${prefixes}`, {
    hint: 'write the one to ask as `prefix`; two of them count every span twice',
  });
}

/** Throws unless some series has one of the labels: without it an answer would be empty, and would not mean that nothing was there. */
export async function needLabel(
  api: PrometheusApi,
  { calls }: SpanMetrics,
  needed: readonly { readonly dimension: string; readonly labels: readonly string[] }[],
): Promise<ReadonlySet<string>> {
  const known = await api.labelNames(calls);
  const missing = needed.filter(({ labels }) => !labels.some((label) => known.has(label)));
  if (missing.length === 0) return known;
  const dimensions = missing.map(({ dimension }) => dimension).join(', ');
  throw new NoAnswer('backend-not-found', `${api.name} counts no span by ${dimensions}: ${calls} has no such label`, {
    hint: `add to the dimensions of the collector's spanmetrics connector: ${dimensions}; before the first such span there is none`,
  });
}
