import type { Backend, Capabilities, Question, Trace, Window } from '../backend.ts';
import {
  dependenciesOf,
  endpointsOf,
  errorsOf,
  queriesOf,
  tendencyOf,
  tracesOf,
  tracesOfSpans,
} from '../computed/index.ts';
import { httpClient, NoAnswer } from '../http.ts';
import { oncePerSuccess } from '../once-per-success.ts';
import type { Secret } from '../secret.ts';
import type { JaegerApi } from './api.ts';
import { openLegacy } from './api-legacy.ts';
import { openV3 } from './api-v3.ts';
import { linkTo } from './links.ts';
import { finder } from './search.ts';
import { SlicedTraces } from './slices.ts';
import { versionOf } from './version.ts';

export const how: Capabilities = {
  endpoints: 'computed',
  queries: 'computed',
  traces: 'computed',
  errors: 'computed',
  dependencies: 'computed',
  tendency: 'computed',
  logs: 'unsupported',
  metrics: 'unsupported',
};

export const remarks: Readonly<Partial<Record<Question, string>>> = {
  endpoints: 'from all traces of the window; a span that arrives more than a minute after it began may be missing',
  traces: 'Jaeger finds traces by time; which of them match is decided here',
  dependencies: 'Jaeger’s own graph has only counts of spans, neither databases nor errors nor times',
  logs: 'Jaeger keeps only traces',
  metrics: 'Jaeger keeps only traces',
};

export interface JaegerOptions {
  /** As shows and verdicts call it. */
  readonly name: string;
  /** Base URL of the query service; a path of its own stays in front. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly delayMs?: number;
}

const answerMs = 15_000;

/** Fetches whole traces by time and computes every answer from them. */
export function jaegerBackend({ name, url, headers = {}, delayMs = 1500 }: JaegerOptions): Backend {
  const http = httpClient({ name, url, headers, answerMs });
  const api = oncePerSuccess(async () => (await openV3(name, http)) ?? (await openLegacy(name, http)));
  const found = new SlicedTraces(finder(name, api), () => Date.now());
  const spansIn = async (window: Window) => (await found.in(window)).flatMap(({ spans }) => spans);

  return {
    name,
    how,
    remarks,
    pace: { delayMs, answerMs, everyMs: 1000 },
    version: async () => versionOf(http, await api()),
    skewMs: () => http.skewMs,
    endpoints: async (window, filter) => endpointsOf(await spansIn(window), window, filter),
    queries: async (window, filter) => queriesOf(await spansIn(window), window, filter),
    traces: async (window, filter) => tracesOf(await found.in(window), window, filter),
    trace: async (traceId) => traceOf(await api(), traceId),
    errors: async (window, filter) => errorsOf(await spansIn(window), window, filter),
    async dependencies(window) {
      const spans = await spansIn(window);
      if (spans.length === 0) return [];
      const services = await (await api()).services();
      return dependenciesOf(spans, window, new Set([...services, ...spans.map(({ service }) => service)]));
    },
    tendency: async (window, filter) => tendencyOf(await found.in(window), window, filter),
    logs: () => Promise.reject(cannot(name, 'logs')),
    metrics: () => Promise.reject(cannot(name, 'metrics')),
    link: (page, window) => linkTo(url, page, window),
    close: async () => undefined,
  };
}

async function traceOf(api: JaegerApi, traceId: string): Promise<Trace | undefined> {
  if (!/^[0-9a-f]{1,32}$/i.test(traceId)) return undefined;
  return tracesOfSpans(
    new Map((await api.trace(traceId.toLowerCase())).map((span) => [span.spanId, span])).values(),
  )[0];
}

function cannot(name: string, question: 'logs' | 'metrics'): NoAnswer {
  return new NoAnswer('backend-rejected', `${name} cannot be asked for ${question}: ${remarks[question]}`, {});
}
