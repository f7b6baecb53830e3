import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Backend } from '../../../../orchestrator/backends/backend.ts';
import { prometheusBackend } from '../../../../orchestrator/backends/prometheus/backend.ts';
import { type PrometheusSettings, prometheusSettings } from '../../../../orchestrator/backends/prometheus/settings.ts';

/** A minute in the past. */
export const window = { from: Date.UTC(2026, 10, 24, 18), to: Date.UTC(2026, 10, 24, 18, 1) };

/** What a real Prometheus 3 answered about catalog in the known shop, by what it was asked. */
const kinds = [
  'buildinfo',
  'names',
  'labels',
  'no-trouble',
  'quantiles',
  'sums',
  'counts',
  'calls',
  'gauges',
  'histogram-counts',
  'histogram-sums',
] as const;
export type Kind = (typeof kinds)[number];

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

export interface FakePrometheus {
  readonly url: string;
  /** What it was asked, oldest first. */
  readonly asked: readonly {
    readonly kind: Kind | undefined;
    readonly url: URL;
    readonly headers: IncomingMessage['headers'];
  }[];
  backend(settings?: Partial<PrometheusSettings>): Backend;
}

/** Answers as recorded, but for what is given here. */
export async function fakePrometheus(different: Partial<Record<Kind, Answer>> = {}): Promise<FakePrometheus> {
  const asked: { kind: Kind | undefined; url: URL; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://prometheus');
    const kind = kindOf(url);
    asked.push({ kind, url, headers: request.headers });
    const { status = 200, body } = (kind && different[kind]) ?? recordedAnswer(kind);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    backend: (settings = {}) => prometheusBackend('prometheus', prometheusSettings.parse({ url, ...settings })),
  };
}

function recordedAnswer(kind: Kind | undefined): Answer {
  return kind === undefined ? { status: 404, body: {} } : { body: recorded(kind) };
}

export function recorded(name: string): unknown {
  const path = resolve(import.meta.dirname, `../../../fixtures/backends/prometheus/${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}

function kindOf({ pathname, searchParams }: URL): Kind | undefined {
  if (pathname.endsWith('/api/v1/status/buildinfo')) return 'buildinfo';
  if (pathname.endsWith('/api/v1/labels')) return 'labels';
  if (pathname.includes('/api/v1/label/')) return 'names';
  const query = searchParams.get('query') ?? '';
  const signs: Readonly<Partial<Record<Kind, RegExp>>> = {
    'no-trouble': /"trouble"/,
    quantiles: /^histogram_quantile/,
    gauges: /_total\)\?"/,
    'histogram-counts': /_count"\}/,
    'histogram-sums': /_sum"\}/,
    sums: /_sum\{/,
    counts: /_count\{/,
    calls: /calls_total\{/,
  };
  return kinds.find((kind) => signs[kind]?.test(query));
}

/** An instant vector as Prometheus writes it. */
export function vector(
  ...samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[]
): Answer {
  const result = samples.map(({ labels, value }) => ({ metric: labels, value: [1_795_546_385.443, value] }));
  return { body: { status: 'success', data: { resultType: 'vector', result } } };
}

export function names(...data: readonly string[]): Answer {
  return { body: { status: 'success', data } };
}
