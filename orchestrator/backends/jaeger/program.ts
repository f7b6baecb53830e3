import type { Place, Program } from '../program.ts';

/** So many traces are kept, the oldest are dropped first; Jaeger's own all-in-one keeps as many. */
const maxTraces = 100_000;

/** Jaeger 2 as one process that keeps everything in memory. */
export const jaegerProgram: Program = {
  name: 'jaeger',
  ports: ['query', 'otlp', 'grpc', 'health'],
  files: (place) => ({ 'config.yaml': config(place) }),
  args: ({ dir }) => ['--config', `${dir}/config.yaml`],
  readyUrl: ({ ports }) => `http://127.0.0.1:${ports['health']}/status`,
  readyWithinMs: 30_000,
};

/** Without its metrics, whose port would be one that everybody uses. */
function config({ ports }: Place): string {
  return `service:
  extensions: [healthcheckv2, jaeger_storage, jaeger_query]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [jaeger_storage_exporter]
  telemetry:
    metrics:
      level: none
extensions:
  healthcheckv2:
    use_v2: true
    http:
      endpoint: 127.0.0.1:${ports['health']}
  jaeger_storage:
    backends:
      memory:
        memory:
          max_traces: ${maxTraces}
  jaeger_query:
    storage:
      traces: memory
    http:
      endpoint: 127.0.0.1:${ports['query']}
    grpc:
      endpoint: 127.0.0.1:${ports['grpc']}
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${ports['otlp']}
processors:
  batch:
    timeout: 100ms
exporters:
  jaeger_storage_exporter:
    trace_storage: memory
`;
}
