import { adapter } from '../adapter.ts';
import { capabilities, mackerelBackend, remarks } from './backend.ts';
import { type Settings, settings } from './settings.ts';

/** Its receiver refuses requests of 6 MB; Mackerel's own collector stays below this. Bytes. */
const maxRequestBytes = 3_500_000;

/** Mackerel (https://mackerel.io): traces and logs are sent to it; metrics are not, since it takes them over gRPC only. */
export const mackerel = adapter<Settings>({
  settings,
  how: capabilities,
  remarks,
  destination({ otlp, apiKey, writeKey = apiKey }) {
    const base = otlp.replace(/\/$/, '');
    return {
      urls: { traces: `${base}/v1/traces`, logs: `${base}/v1/logs` },
      headers: { 'Mackerel-Api-Key': writeKey, Accept: '*/*' },
      encoding: 'protobuf',
      gzip: true,
      maxRequestBytes,
    };
  },
  open: (checked, { name }) => mackerelBackend(checked, { name }),
});
