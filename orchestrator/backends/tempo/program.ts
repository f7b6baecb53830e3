import type { Place, Program } from '../program.ts';

/** Tempo 2.6 as one process with its blocks in its folder. */
export const tempoProgram: Program = {
  name: 'tempo',
  ports: ['http', 'grpc', 'otlp'],
  files: (place) => ({ 'tempo.yaml': config(place) }),
  args: ({ dir }) => ['-target=all', `-config.file=${dir}/tempo.yaml`],
  // A soft limit: by itself Go lets garbage grow to as much as what is in use.
  env: { GOMEMLIMIT: '1GiB' },
  readyUrl: ({ ports }) => `http://127.0.0.1:${ports['http']}/ready`,
  readyWithinMs: 60_000,
};

/** From the end of a span until this Tempo's searches and metrics have it: idle, then written at the next check. Milliseconds. */
export const programDelayMs = 6000;

/**
 * The rings are in memory, so memberlist listens nowhere. `ingestion_time_range_slack`: how old a span may be when it comes; the
 * defaults (30 s and 2 min) would drop what is forwarded late, or file it under the wrong time. Metrics of 2.6 lose what began in
 * the last second of a completed block, and an open block is a file for every check: five minutes hold down both.
 */
function config({ dir, ports }: Place): string {
  const ring = 'kvstore: {store: inmemory}, instance_addr: 127.0.0.1';
  return `server:
  {http_listen_address: 127.0.0.1, http_listen_port: ${ports['http']},
   grpc_listen_address: 127.0.0.1, grpc_listen_port: ${ports['grpc']}, log_level: warn}
memberlist: {bind_addr: [127.0.0.1]}
distributor:
  ring: {${ring}}
  receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${ports['otlp']}"}}}}
ingester:
  lifecycler:
    address: 127.0.0.1
    ring: {kvstore: {store: inmemory}, replication_factor: 1}
    min_ready_duration: 0s
    final_sleep: 0s
  trace_idle_period: 1s
  flush_check_period: 2s
  max_block_duration: 5m
metrics_generator:
  ring: {${ring}}
  processor:
    local_blocks:
      filter_server_spans: false
      flush_to_storage: true
      trace_idle_period: 1s
      flush_check_period: 2s
      max_block_duration: 5m
  metrics_ingestion_time_range_slack: 1h
  storage: {path: "${dir}/generator/metrics"}
  traces_storage: ${wal(`${dir}/generator/traces`)}
querier: {frontend_worker: {frontend_address: "127.0.0.1:${ports['grpc']}"}}
compactor: {disabled: true, ring: {${ring}, wait_stability_min_duration: 0s}}
storage: {trace: {backend: local, wal: ${wal(`${dir}/wal`)}, local: {path: "${dir}/blocks"}}}
overrides: {defaults: {metrics_generator: {processors: [local-blocks]}}}
usage_report: {reporting_enabled: false}
`;
}

function wal(path: string): string {
  return `{path: "${path}", ingestion_time_range_slack: 1h}`;
}
