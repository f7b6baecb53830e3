import { z } from 'zod';
import { secretSetting } from '../secret.ts';
import { backendUrl, otlpBaseUrl } from '../settings.ts';

/** Services of the shop that send telemetry: Mackerel has no list of them to ask for. A test holds it against services/shop.yaml. */
export const shopServices = ['storefront', 'catalog', 'cart', 'checkout', 'payment', 'inventory', 'fulfilment'];

const limits = z.strictObject({
  askEveryMs: z
    .number()
    .nonnegative()
    .default(1100)
    .meta({ description: 'Between two requests to one endpoint of the API, which takes one a second. Milliseconds.' }),
  traceEveryMs: z
    .number()
    .nonnegative()
    .default(100)
    .meta({ description: 'Between two traces, for which Mackerel documents no limit. Milliseconds.' }),
  maxTraces: z
    .number()
    .int()
    .positive()
    .default(300)
    .meta({ description: 'Traces fetched for one answer; what needs more of them is not answered.' }),
});

const template = z.url().optional();

/** Of one Mackerel organisation in `showrunner.yaml`. */
export const settings = z.strictObject({
  apiKey: secretSetting.meta({ description: 'API key with the permission to read.' }),
  writeKey: secretSetting
    .optional()
    .meta({ description: 'API key with the permission to write, if it is another one.' }),
  url: backendUrl.default('https://api.mackerelio.com').meta({ description: 'Where it is asked.' }),
  otlp: otlpBaseUrl
    .default('https://otlp-vaxila.mackerelio.com')
    .meta({ description: 'Where traces and logs are sent.' }),
  namespace: z.string().default('shop').meta({ description: 'service.namespace of the shop.' }),
  environment: z.string().default('production').meta({ description: 'deployment.environment.name of the shop.' }),
  services: z
    .array(z.string().min(1))
    .min(1)
    .default(shopServices)
    .meta({ description: 'Who is asked about where a question is about every service.' }),
  org: z.string().min(1).optional().meta({ description: 'Name of the organisation, for {org} in links.' }),
  links: z
    .strictObject({ trace: template, service: template, endpoint: template, query: template })
    .default({})
    .meta({
      description:
        'URLs of pages, with {org}, {traceId}, {service}, {route}, {query}, {from} and {to} (epoch seconds) in them.',
      examples: [{ trace: 'https://mackerel.io/my/apm?traceId={traceId}' }],
    }),
  delayMs: z
    .number()
    .nonnegative()
    .default(30_000)
    .meta({ description: 'From the end of a span to the answers that have it, as a rule. Milliseconds.' }),
  limits: limits.prefault({}),
});
export type Settings = z.output<typeof settings>;
