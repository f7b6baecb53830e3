import type { Destination } from '../../telemetry/forward/destination.ts';
import { adapter } from '../adapter.ts';
import { capabilities, remarks, tempoBackend } from './backend.ts';
import { programDelayMs, tempoProgram } from './program.ts';
import { type Settings, settings, tenantHeader } from './settings.ts';

/** Grafana Tempo from 2.6 on, asked itself or through Grafana. */
export const tempo = adapter<Settings>({
  settings,
  how: capabilities,
  remarks,
  programs: [tempoProgram],
  settingsOf: ({ tempo: started }) => ({
    url: `http://127.0.0.1:${started?.ports['http']}`,
    otlp: `http://127.0.0.1:${started?.ports['otlp']}`,
    delayMs: programDelayMs,
  }),
  destination,
  open: (checked, { name }) => tempoBackend(name, checked),
});

function destination({ otlp, tenant }: Settings): Destination | undefined {
  if (otlp === undefined) return undefined;
  return {
    urls: { traces: `${otlp.replace(/\/$/, '')}/v1/traces` },
    headers: tenantHeader(tenant),
    encoding: 'protobuf',
    gzip: true,
    // Its receiver takes 20 MiB of one request.
    maxRequestBytes: 4 * 1024 * 1024,
  };
}
