import { z } from 'zod';
import type { Backend, Capabilities } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { signozApi } from './api.ts';
import { dependencies, tendency } from './computed.ts';
import { errors } from './errors.ts';
import { link } from './links.ts';
import { logs } from './logs.ts';
import type { Settings } from './settings.ts';
import { endpoints, queries } from './statistics.ts';
import { trace, traces } from './traces.ts';

const answerMs = 15_000;

export const how: Capabilities = {
  endpoints: 'native',
  queries: 'native',
  traces: 'native',
  errors: 'native',
  dependencies: 'computed',
  tendency: 'computed',
  logs: 'native',
  metrics: 'unsupported',
};

const sampledP95 = 'p95 is exact up to 8192 spans of a group, and a sample’s beyond them';

export const remarks: Backend['remarks'] = {
  endpoints: `requests with http.request.method and http.route; ${sampledP95}`,
  queries: `spans with db.query.text; ${sampledP95}`,
  errors:
    'an exception is in a window by its own time, not by that of its span; its traces are looked for among the 1000 newest failed spans',
  dependencies:
    'computed from all calls of the window: its own service map counts by whole minutes, without the last 30 s and without peers that send nothing',
  tendency:
    'computed from all requests of the window and the other services of their traces, which its queries cannot join',
  metrics: 'its API gives metrics only as aggregates by step, not the points that were sent',
};

/** Asks one SigNoz; nothing is asked before the first question. */
export function signozBackend(name: string, settings: Settings): Backend {
  const { url, environment, delayMs = 15_000 } = settings;
  const api = signozApi(name, settings, answerMs);
  const asked = { api, environment };
  return {
    name,
    how,
    remarks,
    pace: { delayMs, answerMs, everyMs: 2000 },
    version: async () => (await api.bare('/api/v1/version', z.object({ version: z.string().min(1) }))).version,
    endpoints: (window, filter) => endpoints(asked, window, filter),
    queries: (window, filter) => queries(asked, window, filter),
    traces: (window, filter) => traces(asked, window, filter),
    trace: (traceId) => trace(asked, traceId),
    errors: (window, filter) => errors(asked, window, filter),
    dependencies: (window) => dependencies(asked, window),
    tendency: (window, filter) => tendency(asked, window, filter),
    logs: (window, filter) => logs(asked, window, filter),
    metrics: () => Promise.reject(unsupported(name)),
    link: (page, window) => link(url, page, window),
    close: async () => undefined,
  };
}

function unsupported(name: string): NoAnswer {
  return new NoAnswer('backend-rejected', `${name} cannot be asked for metrics: ${remarks.metrics}`, {
    hint: 'ask another backend for them',
  });
}
