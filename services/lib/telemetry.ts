// Traces, metrics and logs of one service over OTLP/HTTP, configured by the standard OTEL_* variables.
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { databaseAttributes, peersByOrigin } from './telemetry-attributes.ts';
import { provideShutdown } from './telemetry-handle.ts';

/** What the shop wants where the environment says nothing: all three signals, soon enough to be watched. Milliseconds. */
const defaults = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,serviceinstance',
  OTEL_BSP_SCHEDULE_DELAY: '500',
  OTEL_BSP_MAX_QUEUE_SIZE: '8192',
  OTEL_BLRP_SCHEDULE_DELAY: '500',
  OTEL_METRIC_EXPORT_INTERVAL: '5000',
  OTEL_METRIC_EXPORT_TIMEOUT: '4000',
};

for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;

// The bundle leaves gRPC out (see build.mjs): 15 MB in each of the shop's processes.
if (process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'grpc') {
  throw new Error('OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported; use http/protobuf or http/json');
}

// Loaded before the service, whose stack traces from now on name its source files.
process.setSourceMapsEnabled(true);

const sdk = new NodeSDK({ instrumentations: instrumentations() });
sdk.start();
provideShutdown(() => sdk.shutdown());

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
    new PgInstrumentation({
      // Without a parent there is no request: the worker's polling and the flag stream are not traced.
      requireParentSpan: true,
      connectionHook: (span, { connection }) => void span.setAttributes(databaseAttributes(connection.database)),
      requestHook: (span, { connection, query }) =>
        void span.setAttributes(databaseAttributes(connection.database, query.text)),
    }),
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
