import type { MetricDeclaration, MetricType, ValueKind } from './samples.ts';

const one = (name: string, type: MetricType, contains: ValueKind = 'default'): MetricDeclaration => ({
  name,
  type,
  contains,
});

/** The metrics that k6 has without being told: https://grafana.com/docs/k6/latest/using-k6/metrics/reference/ */
export const builtinMetrics: readonly MetricDeclaration[] = [
  one('vus', 'gauge'),
  one('vus_max', 'gauge'),
  one('iterations', 'counter'),
  one('iteration_duration', 'trend', 'time'),
  one('dropped_iterations', 'counter'),
  one('checks', 'rate'),
  one('group_duration', 'trend', 'time'),
  one('http_reqs', 'counter'),
  one('http_req_failed', 'rate'),
  one('http_req_duration', 'trend', 'time'),
  one('http_req_blocked', 'trend', 'time'),
  one('http_req_connecting', 'trend', 'time'),
  one('http_req_tls_handshaking', 'trend', 'time'),
  one('http_req_sending', 'trend', 'time'),
  one('http_req_waiting', 'trend', 'time'),
  one('http_req_receiving', 'trend', 'time'),
  one('ws_sessions', 'counter'),
  one('ws_msgs_sent', 'counter'),
  one('ws_msgs_received', 'counter'),
  one('ws_ping', 'trend', 'time'),
  one('ws_session_duration', 'trend', 'time'),
  one('ws_connecting', 'trend', 'time'),
  one('grpc_req_duration', 'trend', 'time'),
  one('data_sent', 'counter', 'data'),
  one('data_received', 'counter', 'data'),
];
