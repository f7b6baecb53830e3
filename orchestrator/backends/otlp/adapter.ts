import { z } from 'zod';
import type { Destination } from '../../telemetry/forward/destination.ts';
import { adapter } from '../adapter.ts';
import { capabilities, embeddedBackend } from '../embedded/backend.ts';
import { backendUrl, headersSetting, otlpBaseUrl } from '../settings.ts';

const signals = ['traces', 'logs', 'metrics'] as const;

const url = backendUrl.meta({ examples: ['http://127.0.0.1:4318/v1/traces'] });
const ofSignals = z.strictObject({ traces: url, logs: url.optional(), metrics: url.optional() });

const settings = z.strictObject({
  url: z.union([otlpBaseUrl, ofSignals]).meta({
    examples: ['http://127.0.0.1:4318', '{traces: http://127.0.0.1:4318/v1/traces}'],
    description: 'The base of every signal’s URL, or the whole URL of each signal that is wanted, of traces at least.',
  }),
  headers: headersSetting
    .meta({
      description: 'Further headers. One that holds a secret is {env: NAME} or {file: path}, whole: `Bearer …`.',
    })
    .default({}),
  encoding: z.enum(['protobuf', 'json']).default('protobuf'),
  gzip: z.boolean().default(true),
  maxRequestBytes: z
    .int()
    .min(1024)
    .default(4 * 1024 * 1024)
    .describe('Of one request before it is packed; 4 MiB by default, as a gRPC server has it that may stand behind.'),
});

type Settings = z.output<typeof settings>;

/** Whatever takes OTLP and cannot be asked: it is there to be looked at, and the embedded backend judges for it. */
export const otlp = adapter<Settings>({
  settings,
  judgedBy: 'embedded',
  how: capabilities,
  remarks: {},
  destination,
  open: (_settings, { name, store }) => ({
    ...embeddedBackend(store),
    name,
    judgedBy: 'embedded',
    version: async () => 'display only',
  }),
});

function destination({ url: at, ...rest }: Settings): Destination {
  const urls = signals.flatMap((signal) => {
    const own = typeof at === 'string' ? `${at.replace(/\/+$/, '')}/v1/${signal}` : at[signal];
    return own === undefined ? [] : [[signal, own]];
  });
  return { urls: Object.fromEntries(urls) as Destination['urls'], ...rest };
}
