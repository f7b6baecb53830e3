import { ROOT_CONTEXT, SeverityNumber, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRequest, writeRequest } from '../../../orchestrator/telemetry/forward/transcode.ts';
import type { Encoding, Signal } from '../../../orchestrator/telemetry/otlp/decode.ts';
import { type OtlpDestination, startOtlpDestination } from '../../support/otlp-destination.ts';

// The SDK encodes by its own code, in both encodings: what it means by one must be what we make of the other.

let receiver: OtlpDestination;
beforeEach(async () => {
  receiver = await startOtlpDestination();
});
afterEach(() => receiver.stop());

const to = (encoding: Encoding) => ({ url: `${receiver.url}/${encoding}` });

/** Without what is zero or empty, which one encoder writes and the other leaves out, and without these fields. */
function pruned(value: unknown, leftOut: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => pruned(item, leftOut));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !leftOut.includes(key))
    .map(([key, item]) => [key, pruned(item, leftOut)] as const)
    .filter(([, item]) => ![0, '0', '', false].includes(item as number) && JSON.stringify(item) !== '[]');
  return Object.fromEntries(entries);
}

function bodyIn(encoding: Encoding): Buffer {
  const sent = receiver.requests.filter(({ path }) => path === `/${encoding}`);
  expect(sent).toHaveLength(1);
  return sent[0]?.body ?? Buffer.of();
}

/** By way of Protobuf, where it is not Protobuf already. */
function meaningOf(signal: Signal, encoding: Encoding): unknown {
  const body = bodyIn(encoding);
  const protobuf = encoding === 'protobuf' ? body : writeRequest(signal, 'protobuf', readRequest(signal, 'json', body));
  return JSON.parse(writeRequest(signal, 'json', readRequest(signal, 'protobuf', protobuf)).toString('utf8'));
}

function compare(signal: Signal, leftOut: readonly string[] = []): void {
  expect(JSON.stringify(pruned(meaningOf(signal, 'json'), leftOut)).length).toBeGreaterThan(500);
  expect(pruned(meaningOf(signal, 'protobuf'), leftOut)).toEqual(pruned(meaningOf(signal, 'json'), leftOut));
}

test('traces of the SDK mean the same in both encodings', async () => {
  const exporters = [new JsonTraces(to('json')), new ProtobufTraces(to('protobuf'))];
  const provider = new TracerProvider({
    spanProcessors: exporters.map((exporter) => new BatchSpanProcessor({ exporter })),
  });
  const tracer = provider.getTracer('lib', '1.2', { schemaUrl: 'https://schema' });
  const remote = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const span = tracer.startSpan(
    'POST /orders',
    {
      kind: SpanKind.SERVER,
      attributes: { text: '注文', int: 7, double: 0.5, yes: true, list: ['a', 'b'] },
      links: [{ context: remote, attributes: { why: 'retry' } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, remote),
  );
  span.recordException(new TypeError('no rate'));
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no rate' });
  span.end();
  await provider.shutdown();
  compare('traces');
});

test('logs of the SDK mean the same in both encodings', async () => {
  const exporters = [new JsonLogs(to('json')), new ProtobufLogs(to('protobuf'))];
  const provider = new LoggerProvider({
    processors: exporters.map((exporter) => new BatchLogRecordProcessor({ exporter })),
  });
  provider.getLogger('lib', '1').emit({
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    eventName: 'order.failed',
    body: { order: 7, items: ['a', { b: 1.5 }], raw: new Uint8Array([255, 239]) },
    attributes: { code: 7 },
  });
  await provider.shutdown();
  compare('logs');
});

test('metrics of the SDK mean the same in both encodings', async () => {
  const exporters = [new JsonMetrics(to('json')), new ProtobufMetrics(to('protobuf'))];
  const provider = new MeterProvider({
    readers: exporters.map((exporter) => new PeriodicExportingMetricReader({ exporter })),
  });
  const meter = provider.getMeter('lib', '1');
  meter.createCounter('orders', { unit: '{order}', description: 'Orders' }).add(3, { country: 'DE' });
  meter.createUpDownCounter('open').add(-2.5);
  const histogram = meter.createHistogram('duration', { unit: 's' });
  for (const value of [0.25, 3, 70_000]) histogram.record(value);
  await provider.shutdown();
  // Each reader has its own moment of reading.
  compare('metrics', ['timeUnixNano', 'startTimeUnixNano']);
});
