import type { Destination } from '../../telemetry/forward/destination.ts';
import { adapter } from '../adapter.ts';
import { how, remarks, signozBackend } from './backend.ts';
import { type Settings, settings } from './settings.ts';

/** SigNoz from 0.138 on, self-hosted or in its cloud. It is not started by us: it is ClickHouse and four programs more. */
export const signoz = adapter<Settings>({
  settings,
  how,
  remarks,
  destination,
  open: (checked, { name }) => signozBackend(name, checked),
});

function destination({ otlp, ingestionKey }: Settings): Destination | undefined {
  if (otlp === undefined) return undefined;
  const base = otlp.replace(/\/$/, '');
  return {
    urls: { traces: `${base}/v1/traces`, logs: `${base}/v1/logs`, metrics: `${base}/v1/metrics` },
    headers: ingestionKey === undefined ? {} : { 'signoz-ingestion-key': ingestionKey },
    encoding: 'protobuf',
    gzip: true,
    // Its receiver takes 20 MiB of one request.
    maxRequestBytes: 4 * 1024 * 1024,
  };
}
