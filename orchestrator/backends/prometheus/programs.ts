import type { Place, Program } from '../program.ts';

/**
 * Jaeger’s binary as an OpenTelemetry collector: it has the span-metrics connector and the exporter that Prometheus scrapes.
 * It keeps no trace.
 */
const collector: Program = {
  name: 'jaeger',
  ports: ['otlp', 'metrics', 'health'],
  files: (place) => ({ 'config.yaml': collectorConfig(place) }),
  args: ({ dir }) => ['--config', `${dir}/config.yaml`],
  readyUrl: ({ ports }) => `http://127.0.0.1:${ports['health']}/status`,
  readyWithinMs: 30_000,
};

const prometheus: Program = {
  name: 'prometheus',
  ports: ['web'],
  files: ({ others }) => ({ 'prometheus.yml': prometheusConfig(others['jaeger']?.ports['metrics']) }),
  args: ({ dir, ports }) => [
    `--config.file=${dir}/prometheus.yml`,
    `--storage.tsdb.path=${dir}/data`,
    `--web.listen-address=127.0.0.1:${ports['web']}`,
    '--web.enable-otlp-receiver',
    '--log.level=warn',
  ],
  readyUrl: ({ ports }) => `http://127.0.0.1:${ports['web']}/-/ready`,
  readyWithinMs: 30_000,
};

/** In the order in which they are started: Prometheus scrapes the collector. */
export const programs: readonly Program[] = [collector, prometheus];

/** From the end of a span to its counters: at most two flushes (a new series begins with a zero), a scrape, and exporters that send once a second. */
export const ownDelayMs = 5000;

/** What spans are counted by: OpenTelemetry’s names, of the span or else of its resource. */
const dimensions = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'service.version',
  'db.query.text',
  'db.namespace',
  'peer.service',
  'server.address',
  'error.type',
] as const;

/** Between two of them p95 is interpolated. Milliseconds. */
const bucketsMs = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000,
  10_000, 30_000,
];

/**
 * Every dimension has a default, because the connector’s key of a series is the values alone: without one, spans of which one has a value in
 * one attribute, and the other the same value in another, would be counted as one. Its own metrics are off, their port would be one that everybody uses.
 * Resources are told apart by service alone: two instances of a service would else be two series with the same labels, of which Prometheus sees one.
 */
function collectorConfig({ ports }: Place): string {
  return `service:
  extensions: [healthcheckv2]
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [spanmetrics]
    metrics:
      receivers: [spanmetrics]
      exporters: [prometheus]
  telemetry:
    logs:
      level: warn
    metrics:
      level: none
extensions:
  healthcheckv2:
    use_v2: true
    http:
      endpoint: 127.0.0.1:${ports['health']}
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${ports['otlp']}
connectors:
  spanmetrics:
    metrics_flush_interval: 1s
    resource_metrics_key_attributes: [service.name]
    dimensions:
${dimensions.map((name) => `      - { name: ${name}, default: '' }`).join('\n')}
    histogram:
      explicit:
        buckets: [${bucketsMs.map((ms) => `${ms}ms`).join(', ')}]
exporters:
  prometheus:
    endpoint: 127.0.0.1:${ports['metrics']}
`;
}

function prometheusConfig(metricsPort: number | undefined): string {
  return `global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: collector
    static_configs:
      - targets: ['127.0.0.1:${metricsPort}']
`;
}
