// Traces, metrics and logs of one service over OTLP/HTTP (JSON), configured by the standard OTEL_* variables.
// Assembled by hand, because NodeSDK brings every exporter and detector there is into each of the shop's processes.
import { context, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getBooleanFromEnv, getNumberFromEnv, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { defaultResource, detectResources, envDetector, serviceInstanceIdDetector } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { legacyDatabaseAttributes, peersByOrigin } from './telemetry-attributes.ts';
import { provideShutdown } from './telemetry-handle.ts';

if (!getBooleanFromEnv('OTEL_SDK_DISABLED')) start();

function start(): void {
  // The environment wins over the generated instance id.
  const resource = defaultResource().merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));

  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: [
      legacyDatabaseAttributes,
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 500,
        maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? 8192,
      }),
    ],
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: getNumberFromEnv('OTEL_METRIC_EXPORT_INTERVAL') ?? 5000,
        exportTimeoutMillis: getNumberFromEnv('OTEL_METRIC_EXPORT_TIMEOUT') ?? 4000,
      }),
    ],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter(),
        scheduledDelayMillis: getNumberFromEnv('OTEL_BLRP_SCHEDULE_DELAY') ?? 500,
      }),
    ],
  });

  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  logs.setGlobalLoggerProvider(loggerProvider);
  registerInstrumentations({ tracerProvider, meterProvider, loggerProvider, instrumentations: instrumentations() });

  provideShutdown(async () => {
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown(), loggerProvider.shutdown()]);
  });
}

function instrumentations() {
  const peers = peersByOrigin(process.env);
  return [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: (request) => request.url === '/healthz',
      // The services call each other through undici. What goes out here is the exporters' own traffic.
      disableOutgoingRequestInstrumentation: true,
    }),
    new ExpressInstrumentation({
      ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER, ExpressLayerType.REQUEST_HANDLER],
    }),
    // Without a parent there is no request: the worker's polling and the flag stream are not traced.
    new PgInstrumentation({ requireParentSpan: true }),
    new UndiciInstrumentation({
      requireParentforSpans: true,
      startSpanHook: (request) => {
        const peer = peers.get(request.origin);
        return peer === undefined ? {} : { 'peer.service': peer };
      },
    }),
    new PinoInstrumentation(),
    new RuntimeNodeInstrumentation(),
  ];
}
