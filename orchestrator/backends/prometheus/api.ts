import { z } from 'zod';
import { httpClient, NoAnswer } from '../http.ts';
import { Secret } from '../secret.ts';
import { oncePerSuccess } from '../once-per-success.ts';
import type { PrometheusSettings } from './settings.ts';

export type Labels = Readonly<Record<string, string>>;

/** A value at one instant. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Every value of a series in a range of time, oldest first. Epoch milliseconds. */
export interface Series {
  readonly labels: Labels;
  readonly samples: readonly { readonly timeMs: number; readonly value: number }[];
}

/** Prometheus’ HTTP API v1, read by schemas. Whatever keeps it from a whole answer is a NoAnswer. */
export interface PrometheusApi {
  skewMs(): number | undefined;
  readonly name: string;
  /** An instant vector; `expression` says by `@` when. */
  vector(expression: string): Promise<readonly Sample[]>;
  /** A range vector, as `m[5m] @ 1700000000`. */
  matrix(expression: string): Promise<readonly Series[]>;
  /** Names of metrics that a regular expression matches as a whole. */
  metricNames(pattern: string): Promise<readonly string[]>;
  /** Names of labels that some series of a metric has. */
  labelNames(metric: string): Promise<ReadonlySet<string>>;
  labelValues(metric: string, label: string): Promise<ReadonlySet<string>>;
  version(): Promise<string>;
}

const texts = z.array(z.string());
const labels = z.record(z.string(), z.string());
const reading = z.tuple([z.number(), z.string()]);
const vectorData = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value: reading })),
});
const matrixData = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(reading) })),
});
const buildData = z.object({ version: z.string(), revision: z.string(), goVersion: z.string() });

export function prometheusApi(name: string, settings: PrometheusSettings, answerMs: number): PrometheusApi {
  const client = httpClient({ name, url: settings.url, answerMs, headers: headersOf(settings) });

  async function read<T>(path: string, data: z.ZodType<T>, query: Record<string, string> = {}): Promise<T> {
    const answer = await client.json(path, { query });
    const schema = z.object({ status: z.literal('success'), data, warnings: texts.optional() });
    const { data: whole, error } = schema.safeParse(answer);
    if (error) throw otherProduct(name, path, error);
    if (whole.warnings?.length) throw partial(name, whole.warnings);
    return whole.data;
  }

  /** Another product may well have something at the other paths; this one tells Prometheus, and what speaks like it. */
  const build = oncePerSuccess(() => read('/api/v1/status/buildinfo', buildData));

  async function ask<T>(...question: Parameters<typeof read<T>>): Promise<T> {
    await build();
    return read(...question);
  }

  return {
    name,
    skewMs: () => client.skewMs,
    async vector(query) {
      const { result } = await ask('/api/v1/query', vectorData, { query });
      return result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
    },
    async matrix(query) {
      const { result } = await ask('/api/v1/query', matrixData, { query });
      return result.map(({ metric, values }) => ({
        labels: metric,
        samples: values.map(([time, text]) => ({ timeMs: Math.round(time * 1000), value: numberOf(text) })),
      }));
    },
    metricNames: (pattern) =>
      ask('/api/v1/label/__name__/values', texts, { 'match[]': `{__name__=~${quoted(pattern)}}` }),
    labelNames: async (metric) => new Set(await ask('/api/v1/labels', texts, { 'match[]': metric })),
    labelValues: async (metric, label) =>
      new Set(await ask(`/api/v1/label/${label}/values`, texts, { 'match[]': metric })),
    async version() {
      const { version, goVersion } = await build();
      return version || `unversioned (${goVersion})`;
    },
  };
}

/** A string of PromQL, whatever is in it. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** Text of a sample: `NaN`, `+Inf` and `-Inf` are numbers there. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function headersOf({ login, token }: PrometheusSettings): Record<string, Secret> {
  if (token) return { authorization: new Secret(`Bearer ${token.reveal()}`) };
  if (!login) return {};
  const pair = Buffer.from(`${login.user}:${login.password.reveal()}`).toString('base64');
  return { authorization: new Secret(`Basic ${pair}`) };
}

function otherProduct(name: string, path: string, cause: z.ZodError): NoAnswer {
  const what = z.prettifyError(cause).replaceAll(/\s+/g, ' ').slice(0, 300);
  return new NoAnswer(
    'backend-nonsense',
    `${name} answered ${path} with something else than Prometheus does: ${what}`,
    {
      hint: 'check that the URL is that of Prometheus, and not of a collector, of Grafana or of a page in front of it',
      cause,
    },
  );
}

function partial(name: string, warnings: readonly string[]): NoAnswer {
  return new NoAnswer(
    'backend-nonsense',
    `${name} warns that its answer is not whole: ${warnings.join('; ').slice(0, 300)}`,
    {
      hint: 'look at the stores that it reads from',
    },
  );
}
