import type { Clock } from '../../clock/clock.ts';
import { realClock } from '../../clock/real-clock.ts';
import type { Backend, Capabilities, Question } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { mackerelClient } from './client.ts';
import { errors, tendency } from './computed.ts';
import { dependencies } from './dependencies.ts';
import { linkTo } from './links.ts';
import type { Asking } from './listing.ts';
import { traces } from './search.ts';
import type { Settings } from './settings.ts';
import { endpoints, queries } from './statistics.ts';

export const capabilities: Capabilities = {
  endpoints: 'native',
  queries: 'native',
  traces: 'native',
  errors: 'computed',
  dependencies: 'computed',
  tendency: 'computed',
  logs: 'unsupported',
  metrics: 'unsupported',
};

const seconds =
  'windows are cut to the whole seconds inside them; the p95 is approximate, of windows over 30 minutes the highest of their parts’';

export const remarks: Readonly<Record<Question, string>> = {
  endpoints: `${seconds}; failures are computed from the error rate; requests without a status code are not counted; releases are found by traces; only the services of the settings are asked about`,
  queries: `${seconds}; failures are counted in the traces with span status error, for which all of them are read, up to limits.maxTraces`,
  traces:
    'all listed traces are read until enough match, up to limits.maxTraces; a route is looked for in http.route, an error by span status; times are whole milliseconds',
  errors: 'from the traces with a span of status error, all of which are read, up to limits.maxTraces',
  dependencies:
    'exact up to limits.maxTraces traces; of more, the calls of each busy service are estimated from its newest traces and how many requests it served, and rare ones may be missing',
  tendency:
    'exact up to limits.maxTraces traces; of more, up to 2000, estimated from failing or slow ones and others, weighted by how many there are',
  logs: 'Mackerel has no documented API to read logs',
  metrics: 'Mackerel takes metrics over gRPC only, and has no documented API to read them',
};

const answerMs = 60_000;

/** Mackerel, asked through its public API. */
export function mackerelBackend(
  settings: Settings,
  { name, clock = realClock }: { readonly name: string; readonly clock?: Clock },
): Backend {
  const client = mackerelClient(settings, { name, clock, answerMs });
  const asking: Asking = { name, client, settings };
  return {
    name,
    how: capabilities,
    remarks,
    pace: { delayMs: settings.delayMs, answerMs, everyMs: 5000 },
    async version() {
      const { name: org, displayName = org } = await client.organisation();
      return `API v0, ${displayName} (${org})`;
    },
    skewMs: () => client.skewMs(),
    endpoints: (window, filter) => endpoints(asking, window, filter),
    queries: (window, filter) => queries(asking, window, filter),
    traces: (window, filter) => traces(asking, window, filter),
    trace: async (traceId) => (/^[0-9a-f]{32}$/i.test(traceId) ? client.trace(traceId) : undefined),
    errors: (window, filter) => errors(asking, window, filter),
    dependencies: (window) => dependencies(asking, window),
    tendency: (window, filter) => tendency(asking, window, filter),
    logs: async () => unsupported(name, 'logs'),
    metrics: async () => unsupported(name, 'metrics'),
    link: (page, window) => linkTo(settings, page, window),
    close: async () => client.close(),
  };
}

function unsupported(name: string, question: 'logs' | 'metrics'): never {
  throw new NoAnswer('backend-rejected', `${name} cannot be asked for ${question}: ${remarks[question]}`, {
    hint: `ask another backend for ${question}`,
  });
}
