import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Signal } from '../../orchestrator/telemetry/otlp/decode.ts';
import { readRequest, writeRequest } from '../../orchestrator/telemetry/forward/transcode.ts';

type Attributes = Record<string, string | number | boolean>;

export interface SunkSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** OTLP: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly status: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
}

interface SunkLog {
  readonly service: string;
  readonly traceId: string | undefined;
  readonly body: string;
}

/** A receiver of OTLP/HTTP that only remembers. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: readonly SunkSpan[];
  readonly logs: readonly SunkLog[];
  /** Names of the metrics by service. */
  readonly metrics: ReadonlyMap<string, ReadonlySet<string>>;
  /** Waits until `find` finds something, at most 10 s. */
  until<Found>(find: (sink: OtlpSink) => Found | undefined | false): Promise<Found>;
  close(): Promise<void>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[];
interface OtlpResource {
  readonly resource: { readonly attributes: OtlpAttributes };
  readonly scopeSpans?: readonly { readonly spans: readonly OtlpSpan[] }[];
  readonly scopeLogs?: readonly { readonly logRecords: readonly { traceId?: string; body?: OtlpValue }[] }[];
  readonly scopeMetrics?: readonly { readonly metrics: readonly { name: string }[] }[];
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes?: OtlpAttributes;
  readonly events?: readonly { readonly name: string; readonly attributes?: OtlpAttributes }[];
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SunkSpan[] = [];
  const logs: SunkLog[] = [];
  const metrics = new Map<string, Set<string>>();

  function take(entry: OtlpResource): void {
    const resource = plain(entry.resource.attributes);
    const service = String(resource['service.name']);
    const { scopeSpans = [], scopeLogs = [], scopeMetrics = [] } = entry;
    spans.push(...scopeSpans.flatMap((scope) => scope.spans).map((span) => toSpan(span, service, resource)));
    const records = scopeLogs.flatMap((scope) => scope.logRecords);
    logs.push(...records.map(({ traceId, body }) => ({ service, traceId, body: body?.stringValue ?? '' })));
    const names = scopeMetrics.flatMap((scope) => scope.metrics).map((metric) => metric.name);
    metrics.set(service, new Set([...(metrics.get(service) ?? []), ...names]));
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isProtobuf = request.headers['content-type'] === 'application/x-protobuf';
    const signal = (request.url ?? '').split('/').at(-1) as Signal;
    const sent = await bodyOf(request);
    const json = isProtobuf ? writeRequest(signal, 'json', readRequest(signal, 'protobuf', sent)) : sent;
    const body = JSON.parse(json.toString('utf8')) as Record<string, readonly OtlpResource[]>;
    for (const entries of Object.values(body)) entries.forEach(take);
    // An empty answer is an empty message in both encodings' eyes.
    response.setHeader('content-type', request.headers['content-type'] ?? '').end(isProtobuf ? '' : '{}');
  }

  const server = createServer((request, response) => {
    // A sender that goes away in the middle has nothing to be told.
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const sink: OtlpSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    metrics,
    async until(find) {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const found = find(sink);
        if (found !== undefined && found !== false) return found;
        if (Date.now() > deadline) throw new Error(`not seen within 10 s: ${find.toString()}`);
        await sleep(50);
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return sink;
}

function toSpan(span: OtlpSpan, service: string, resource: Attributes): SunkSpan {
  return {
    service,
    resource,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    status: span.status?.code ?? 0,
    attributes: plain(span.attributes),
    events: (span.events ?? []).map((event) => ({ name: event.name, attributes: plain(event.attributes) })),
  };
}

function plain(attributes: OtlpAttributes = []): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.boolValue ??
        value.doubleValue ??
        (value.intValue === undefined ? '' : Number(value.intValue)),
    ]),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
