import type { Backend, Span } from '../../orchestrator/backends/backend.ts';
import {
  dependenciesOf,
  endpointsOf,
  errorsOf,
  queriesOf,
  spansOfOtlp,
  tendencyOf,
  tracesOf,
  tracesOfSpans,
} from '../../orchestrator/backends/computed/index.ts';
import { how } from '../../orchestrator/backends/jaeger/backend.ts';
import { type SpanInput, tracesRequest } from './otlp-data.ts';

/** A backend that has these spans in memory and computes every answer about them. */
export function computedBackend(inputs: readonly SpanInput[]): Backend {
  const spans: readonly Span[] = spansOfOtlp((tracesRequest(inputs) as { resourceSpans: unknown }).resourceSpans);
  const traces = tracesOfSpans(spans);
  return {
    name: 'computed',
    how,
    remarks: { logs: 'it has only spans', metrics: 'it has only spans' },
    pace: { delayMs: 0, answerMs: 1000, everyMs: 100 },
    version: async () => '1.0',
    endpoints: async (window, filter) => endpointsOf(spans, window, filter),
    queries: async (window, filter) => queriesOf(spans, window, filter),
    traces: async (window, filter) => tracesOf(traces, window, filter),
    trace: async (id) => traces.find(({ traceId }) => traceId === id.toLowerCase()),
    errors: async (window, filter) => errorsOf(spans, window, filter),
    dependencies: async (window) => dependenciesOf(spans, window),
    tendency: async (window, filter) => tendencyOf(traces, window, filter),
    logs: () => Promise.reject(new Error('unsupported')),
    metrics: () => Promise.reject(new Error('unsupported')),
    link: () => undefined,
    close: async () => undefined,
  };
}
