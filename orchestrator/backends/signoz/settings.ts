import { z } from 'zod';
import { secretSetting } from '../secret.ts';
import { backendUrl, otlpBaseUrl } from '../settings.ts';

/** One SigNoz among the backends of `showrunner.yaml`. */
export const settings = z
  .strictObject({
    url: backendUrl.meta({ description: 'Where its pages and its API are.', examples: ['http://localhost:8080'] }),
    otlp: otlpBaseUrl.optional().meta({
      description:
        'Base URL of its OTLP/HTTP receiver. Without it nothing is sent: telemetry has to reach it some other way.',
      examples: ['http://localhost:4318', 'https://ingest.eu.signoz.cloud:443'],
    }),
    ingestionKey: secretSetting.optional().meta({
      description: 'The key that its cloud takes telemetry with.',
      examples: [{ env: 'SIGNOZ_INGESTION_KEY' }],
    }),
    apiKey: secretSetting
      .optional()
      .meta({ description: 'The key of a service account that may read.', examples: [{ env: 'SIGNOZ_API_KEY' }] }),
    login: z
      .strictObject({ email: z.string().min(1), password: secretSetting })
      .optional()
      .meta({ description: 'A user of it, where there is no API key.' }),
    environment: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Only what has this `deployment.environment` is asked for.', examples: ['demo'] }),
    delayMs: z
      .int()
      .min(0)
      .optional()
      .meta({
        description: 'From the end of a span to the answers that have it. Its collector sends batches every 10 s.',
        examples: [15_000],
      }),
  })
  .refine(({ apiKey, login }) => apiKey === undefined || login === undefined, {
    error: 'an API key and a login: write one of them',
    path: ['login'],
  })
  .refine(({ otlp, ingestionKey }) => otlp !== undefined || ingestionKey === undefined, {
    error: 'an ingestion key, and no address to send to: write otlp',
    path: ['otlp'],
  });

export type Settings = z.output<typeof settings>;
