import { z } from 'zod';
import { Secret, secretSetting } from '../secret.ts';
import { backendUrl, otlpBaseUrl } from '../settings.ts';

const grafana = z.strictObject({
  url: backendUrl.meta({ description: 'Base URL of Grafana.', examples: ['https://grafana.example.com'] }),
  datasource: z.string().min(1).meta({ description: 'uid of the Tempo data source.' }),
  token: secretSetting.meta({ description: 'Token of a service account that may query the data source.' }),
  orgId: z.number().int().positive().optional().meta({ description: 'Organisation, where Grafana has several.' }),
});

/** Of one Tempo in `showrunner.yaml`. */
export const settings = z
  .strictObject({
    url: backendUrl.optional().meta({
      description: 'Where it is asked, unless it is asked through Grafana.',
      examples: ['http://127.0.0.1:3200'],
    }),
    otlp: otlpBaseUrl.optional().meta({
      description: 'Base URL of its OTLP/HTTP receiver. Without it nothing is sent: somebody else has to.',
      examples: ['http://127.0.0.1:4318'],
    }),
    grafana: grafana.optional().meta({ description: 'Ask through this Grafana, and link to its Explore.' }),
    tenant: z.string().min(1).optional().meta({ description: 'X-Scope-OrgID, where Tempo has several tenants.' }),
    delayMs: z.number().nonnegative().default(32_000).meta({
      description:
        'From the end of a span to the answers that have it, as a rule: Tempo 3 hides the newest 30 s (query_end_cutoff). Milliseconds.',
    }),
  })
  .refine(({ url, grafana: through }) => (url === undefined) !== (through === undefined), {
    message: 'say either where Tempo is (url) or through which Grafana it is asked (grafana)',
  });
export type Settings = z.output<typeof settings>;

/** Base URL of Tempo's API, and the headers that every question has. */
export function apiOf({ url, grafana: through, tenant }: Settings): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | Secret>>;
} {
  const headers = tenantHeader(tenant);
  if (through === undefined) return { url: url ?? '', headers };
  const { token, orgId } = through;
  return {
    url: `${through.url.replace(/\/$/, '')}/api/datasources/proxy/uid/${encodeURIComponent(through.datasource)}`,
    headers: {
      ...headers,
      authorization: new Secret(`Bearer ${token.reveal()}`),
      ...(orgId !== undefined && { 'x-grafana-org-id': String(orgId) }),
    },
  };
}

export function tenantHeader(tenant: string | undefined): Record<string, string> {
  return tenant === undefined ? {} : { 'x-scope-orgid': tenant };
}
