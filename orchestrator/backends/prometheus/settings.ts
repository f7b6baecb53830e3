import { z } from 'zod';
import { secretSetting } from '../secret.ts';
import { backendUrl, headersSetting, otlpBaseUrl } from '../settings.ts';

/** One Prometheus among the backends of `showrunner.yaml`. */
export const prometheusSettings = z
  .strictObject({
    url: backendUrl.meta({
      description: 'Base URL of the query API: Prometheus, or what answers like it.',
      examples: ['http://127.0.0.1:9090'],
    }),
    otlp: z
      .strictObject({
        traces: otlpBaseUrl.optional().meta({
          description: 'Base URL of the OTLP/HTTP receiver of a collector whose span-metrics connector counts spans.',
          examples: ['http://127.0.0.1:4318'],
        }),
        metrics: backendUrl.optional().meta({
          description: 'Where metrics of the shop are taken, the whole URL.',
          examples: ['http://127.0.0.1:9090/api/v1/otlp/v1/metrics'],
        }),
        headers: headersSetting.optional().meta({ description: 'Sent with all telemetry, to both.' }),
      })
      .optional()
      .meta({
        description: 'Where the tap sends. What is not written here has to reach Prometheus some other way.',
      }),
    login: z
      .strictObject({ user: z.string().min(1), password: secretSetting })
      .optional()
      .meta({ description: 'Basic authentication of the query API.' }),
    token: secretSetting.optional().meta({ description: 'Bearer token of the query API.' }),
    prefix: z
      .string()
      .optional()
      .meta({
        description:
          'What the names of the span metrics have in front of `calls_total`. Looked for unless written; needed where there are several.',
        examples: ['traces_span_metrics_', 'traces_spanmetrics_', ''],
      }),
    unit: z.enum(['ms', 's']).optional().meta({
      description: 'Unit of the span metrics’ durations, where their names do not say it.',
    }),
    hasQueries: z.boolean().optional().meta({
      description:
        'False where the collector counts without the dimension db.query.text, so that queries cannot be asked for.',
    }),
    delayMs: z
      .int()
      .min(0)
      .max(600_000)
      .optional()
      .meta({
        description:
          'From the end of a span to the counters that have it, at most: two flushes of the connector, one scrape, and the way there. 30 s unless written.',
        examples: [5000],
      }),
  })
  .refine(({ login, token }) => login === undefined || token === undefined, {
    error: 'a login and a token: write one of them',
    path: ['token'],
  });

export type PrometheusSettings = z.infer<typeof prometheusSettings>;
