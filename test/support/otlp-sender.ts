/** A program with the real OpenTelemetry SDK, configured by OTEL_* alone: sends one trace, one log record and two metrics, then ends. */
import { context, logs, metrics, SeverityNumber, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const json = process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'http/json';
const resource = defaultResource().merge(detectResources({ detectors: [envDetector] }));
const spanProcessors = [new BatchSpanProcessor({ exporter: json ? new JsonTraces() : new ProtobufTraces() })];
const processors = [new BatchLogRecordProcessor({ exporter: json ? new JsonLogs() : new ProtobufLogs() })];
const readers = [new PeriodicExportingMetricReader({ exporter: json ? new JsonMetrics() : new ProtobufMetrics() })];
const providers = {
  tracer: new TracerProvider({ resource, spanProcessors }),
  logger: new LoggerProvider({ resource, processors }),
  meter: new MeterProvider({ resource, readers }),
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(providers.tracer);
logs.setGlobalLoggerProvider(providers.logger);
metrics.setGlobalMeterProvider(providers.meter);

const tracer = trace.getTracer('sender');
tracer.startActiveSpan('POST /orders', { kind: SpanKind.SERVER }, (server) => {
  server.setAttributes({
    'http.request.method': 'POST',
    'http.route': '/orders',
    'http.response.status_code': 500,
    'shop.customer.country': 'DE',
    'shop.weight': 1.5,
    'shop.gift': true,
    'shop.items': ['a', 'b'],
  });
  tracer.startSpan('INSERT shop', { kind: SpanKind.CLIENT, attributes: { 'db.query.text': 'INSERT 1' } }).end();
  const attributes = { code: 7 };
  logs.getLogger('sender').emit({ severityNumber: SeverityNumber.ERROR, body: '注文に失敗しました', attributes });
  server.recordException(new TypeError('no rate'));
  server.setStatus({ code: SpanStatusCode.ERROR, message: 'no rate' });
  server.end();
});

const meter = metrics.getMeter('sender');
meter.createCounter('shop.orders', { unit: '{order}' }).add(3, { country: 'DE' });
meter.createHistogram('shop.duration', { unit: 's' }).record(0.25);

await Promise.all(Object.values(providers).map((provider) => provider.shutdown()));
