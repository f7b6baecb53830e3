import { adapter } from '../adapter.ts';
import type { Destination } from '../../telemetry/forward/destination.ts';
import { how, prometheusBackend, remarks } from './backend.ts';
import { ownDelayMs, programs } from './programs.ts';
import { type PrometheusSettings, prometheusSettings } from './settings.ts';

/** Prometheus with the span metrics of an OpenTelemetry collector or of Tempo's generator, and what speaks its query API. */
export const prometheus = adapter<PrometheusSettings>({
  settings: prometheusSettings,
  how,
  remarks,
  programs,
  settingsOf({ jaeger: collector, prometheus: started }) {
    const url = `http://127.0.0.1:${started?.ports['web']}`;
    return {
      url,
      otlp: {
        traces: `http://127.0.0.1:${collector?.ports['otlp']}`,
        metrics: `${url}/api/v1/otlp/v1/metrics`,
      },
      delayMs: ownDelayMs,
    };
  },
  destination,
  open: (settings, { name }) => prometheusBackend(name, settings),
});

function destination({ otlp }: PrometheusSettings): Destination | undefined {
  const { traces, metrics, headers = {} } = otlp ?? {};
  if (traces === undefined && metrics === undefined) return undefined;
  return {
    urls: {
      ...(traces !== undefined && { traces: `${traces.replace(/\/$/, '')}/v1/traces` }),
      ...(metrics !== undefined && { metrics }),
    },
    headers,
    encoding: 'protobuf',
    gzip: true,
    // A collector takes 20 MiB of one request.
    maxRequestBytes: 4 * 1024 * 1024,
  };
}
