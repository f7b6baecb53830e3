import type { Backend, Capabilities, Question } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { answerMs, tempoClient } from './client.ts';
import { dependencies } from './dependencies.ts';
import { errors } from './errors.ts';
import { linkOf } from './links.ts';
import { measurer } from './measure.ts';
import { rememberingTraces } from './remembered-traces.ts';
import type { Settings } from './settings.ts';
import { endpoints, queries } from './statistics.ts';
import { allUpTo, sampleSize, tendency } from './tendency.ts';
import { traces } from './traces.ts';

export const capabilities: Capabilities = {
  endpoints: 'computed',
  queries: 'computed',
  traces: 'native',
  errors: 'native',
  dependencies: 'computed',
  tendency: 'computed',
  logs: 'unsupported',
  metrics: 'unsupported',
};

const measured =
  'counted by TraceQL metrics; mean and p95 are computed from all spans that a search finds, since TraceQL’s own p95 can be off by twice or half. Counts of Tempo 2.6 lack what began in the last second of a block. Tested with 2.6, never yet with 3';

export const remarks: Readonly<Partial<Record<Question, string>>> = {
  endpoints: `${measured}. Requests without http.route are not listed.`,
  queries: `${measured}. Tempo cuts a query text off after 2048 bytes.`,
  errors: 'Of a span that has recorded several exceptions one is counted.',
  dependencies: `${measured}. A callee is called what the caller’s span calls it (peer.service, db.namespace), and a message is in the window that it was received in.`,
  tendency: `From the traces of all requests up to ${allUpTo}; of more, from ${sampleSize} of bad and ${sampleSize} of good ones, weighted by how many there were of each: a share is right to within 16 of a hundred then.`,
  logs: 'Tempo stores traces only.',
  metrics: 'Tempo stores traces only.',
};

/** Asks Tempo 2.6 or newer; 2.x needs the generator's `local-blocks` processor for all that is counted. */
export function tempoBackend(name: string, settings: Settings): Backend {
  const client = rememberingTraces(tempoClient(name, settings));
  const measure = measurer(client);
  const unsupported = (question: Question) => async (): Promise<never> => {
    throw new NoAnswer('backend-rejected', `${name} cannot be asked for ${question}: ${remarks[question]}`, {
      hint: 'ask another backend',
    });
  };
  return {
    name,
    how: capabilities,
    remarks,
    pace: { delayMs: settings.delayMs, answerMs, everyMs: 3000 },
    version: () => client.version(),
    skewMs: () => client.skewMs(),
    endpoints: (window, filter) => endpoints(measure, window, filter),
    queries: (window, filter) => queries(measure, window, filter),
    traces: (window, filter) => traces(client, window, filter),
    trace: (traceId) => client.trace(traceId),
    errors: (window, filter) => errors(client, window, filter),
    dependencies: (window) => dependencies(client, measure, window),
    tendency: (window, filter) => tendency(client, window, filter),
    logs: unsupported('logs'),
    metrics: unsupported('metrics'),
    link: (page, window) => linkOf(settings, page, window),
    close: async () => undefined,
  };
}
