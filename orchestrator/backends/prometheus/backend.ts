import type { Backend, Capabilities, Question, Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { dependenciesOf, endpointsOf, queriesOf } from './answers.ts';
import { prometheusApi } from './api.ts';
import type { Reading } from './counted.ts';
import { linkTo } from './links.ts';
import { readAt } from './promql.ts';
import type { PrometheusSettings } from './settings.ts';
import { shopMetrics } from './shop-metrics.ts';
import { spanMetricsOf } from './span-metrics.ts';

type Remarks = Readonly<Partial<Record<Question, string>>>;

export const how: Capabilities = {
  endpoints: 'native',
  queries: 'native',
  traces: 'unsupported',
  errors: 'unsupported',
  dependencies: 'native',
  tendency: 'unsupported',
  logs: 'unsupported',
  metrics: 'native',
};

const inexact =
  'spans are counted when they reach the collector, up to the delay after their end, and what reaches it late is counted late; p95 is interpolated between the histogram’s buckets';

export const remarks: Remarks = {
  endpoints: `${inexact}; a route or an error that is not counted by its attribute is read from the span’s name or status`,
  queries: `${inexact}; db.query.summary stands for a text that is not counted by`,
  dependencies: `${inexact}; as the callers’ spans name whom they call, so messages are not there`,
  traces: 'a counter has no traces',
  errors: 'spans are counted, and not the exceptions on them',
  tendency: 'spans are counted by a few attributes only, which were chosen before',
  logs: 'Prometheus keeps only metrics',
  metrics:
    'units and attributes are read from Prometheus’ spelling: a unit from the end of the name, underscores for dots',
};

const answerMs = 15_000;

/** Counts by the differences of a collector’s span metrics, which Prometheus computes. */
export function prometheusBackend(name: string, settings: PrometheusSettings): Backend {
  const api = prometheusApi(name, settings, answerMs);
  const metrics = spanMetricsOf(api, settings);
  const delayMs = settings.delayMs ?? 30_000;
  const asked = askable(settings);

  /** Nothing where nothing can be in the window; else what is there when its counters are read. */
  async function read<T>(window: Window, answer: (reading: Reading) => Promise<readonly T[]>): Promise<readonly T[]> {
    const readings = readAt(window, { delayMs, nowMs: Date.now() });
    return readings === undefined ? [] : answer({ api, metrics: await metrics(), readings, delayMs });
  }

  const cannot = (question: Question): Promise<never> => {
    const why = asked.remarks[question] ?? '';
    return Promise.reject(new NoAnswer('backend-rejected', `${name} cannot be asked for ${question}: ${why}`, {}));
  };

  return {
    name,
    ...asked,
    pace: { delayMs, answerMs, everyMs: 1000 },
    version: () => api.version(),
    skewMs: () => api.skewMs(),
    endpoints: (window, filter) => read(window, (reading) => endpointsOf(reading, filter)),
    queries: (window, filter) =>
      asked.how.queries === 'unsupported' ? cannot('queries') : read(window, (reading) => queriesOf(reading, filter)),
    dependencies: (window) => read(window, dependenciesOf),
    metrics: (window, filter) =>
      asked.how.metrics === 'unsupported' ? cannot('metrics') : shopMetrics(api, window, filter),
    traces: () => cannot('traces'),
    trace: () => cannot('traces'),
    errors: () => cannot('errors'),
    tendency: () => cannot('tendency'),
    logs: () => cannot('logs'),
    link: (page, window) => linkTo(settings.url, page, window),
    close: async () => undefined,
  };
}

/** What the settings leave to be asked. */
function askable({ otlp, hasQueries }: PrometheusSettings): { readonly how: Capabilities; readonly remarks: Remarks } {
  return {
    how: {
      ...how,
      ...(hasQueries === false && { queries: 'unsupported' }),
      ...(otlp?.metrics === undefined && { metrics: 'unsupported' }),
    },
    remarks: {
      ...remarks,
      ...(hasQueries === false && { queries: 'its collector counts without the dimension db.query.text' }),
      ...(otlp?.metrics === undefined && {
        metrics: 'the settings do not say where it takes the shop’s metrics (otlp.metrics)',
      }),
    },
  };
}
