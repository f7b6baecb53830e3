import type { TelemetryStore } from '../../telemetry/store.ts';
import type { Backend, Capabilities } from '../backend.ts';
import { dependencies } from './dependencies.ts';
import { endpoints, queries } from './statistics.ts';
import { errors, logs, metrics } from './signals.ts';
import { tendency } from './tendency.ts';
import { trace, traces } from './traces.ts';

export const capabilities: Capabilities = {
  endpoints: 'native',
  queries: 'native',
  traces: 'native',
  errors: 'native',
  dependencies: 'native',
  tendency: 'native',
  logs: 'native',
  metrics: 'native',
};

/** Answers every question by SQL over the tap's store, exactly and as soon as the tap has acknowledged. The store stays the caller's. */
export function embeddedBackend(store: TelemetryStore): Backend {
  return {
    name: 'embedded',
    how: capabilities,
    remarks: {},
    pace: { delayMs: 0, answerMs: 5000, everyMs: 500 },
    version: async () => store.version,
    endpoints: (window, filter) => endpoints(store, window, filter),
    queries: (window, filter) => queries(store, window, filter),
    traces: (window, filter) => traces(store, window, filter),
    trace: (traceId) => trace(store, traceId),
    errors: (window, filter) => errors(store, window, filter),
    dependencies: (window) => dependencies(store, window),
    tendency: (window, filter) => tendency(store, window, filter),
    logs: (window, filter) => logs(store, window, filter),
    metrics: (window, filter) => metrics(store, window, filter),
    link: () => undefined,
    close: async () => undefined,
  };
}
