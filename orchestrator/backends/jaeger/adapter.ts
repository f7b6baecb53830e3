import { z } from 'zod';
import { adapter } from '../adapter.ts';
import type { Destination } from '../../telemetry/forward/destination.ts';
import { backendUrl, headersSetting, otlpBaseUrl } from '../settings.ts';
import { how, jaegerBackend, remarks } from './backend.ts';
import { jaegerProgram } from './program.ts';

const settings = z.strictObject({
  url: backendUrl.meta({
    description: 'Base URL of the query service.',
    examples: ['http://127.0.0.1:16686'],
  }),
  otlp: otlpBaseUrl.optional().meta({
    description:
      'Base URL of its OTLP/HTTP receiver. Without it nothing is sent: the traces have to reach it some other way.',
    examples: ['http://127.0.0.1:4318'],
  }),
  headers: headersSetting.optional().meta({
    description: 'Sent with every question and with all traces, for a proxy in front of it.',
    examples: [{ authorization: { env: 'JAEGER_AUTHORIZATION' } }],
  }),
  delayMs: z
    .int()
    .min(0)
    .optional()
    .meta({
      description: 'From the end of a span to the answers that have it, where its storage is slower than memory.',
      examples: [5000],
    }),
});
type Settings = z.output<typeof settings>;

/** Jaeger, any version with an HTTP API: `/api/v3`, or what there was before it. */
export const jaeger = adapter<Settings>({
  settings,
  how,
  remarks,
  programs: [jaegerProgram],
  settingsOf: ({ jaeger: started }) => ({
    url: `http://127.0.0.1:${started?.ports['query']}`,
    otlp: `http://127.0.0.1:${started?.ports['otlp']}`,
  }),
  destination,
  open: ({ url, headers = {}, delayMs }, { name }) =>
    jaegerBackend({ name, url, headers, ...(delayMs !== undefined && { delayMs }) }),
});

function destination({ otlp, headers = {} }: Settings): Destination | undefined {
  if (otlp === undefined) return undefined;
  return {
    urls: { traces: `${otlp.replace(/\/$/, '')}/v1/traces` },
    headers,
    encoding: 'protobuf',
    gzip: true,
    // Its receiver takes 20 MiB of one request.
    maxRequestBytes: 4 * 1024 * 1024,
  };
}
