import type { Adapter } from './adapter.ts';
import { embedded } from './embedded/adapter.ts';
import { jaeger } from './jaeger/adapter.ts';
import { mackerel } from './mackerel/adapter.ts';
import { otlp } from './otlp/adapter.ts';
import { prometheus } from './prometheus/adapter.ts';
import { signoz } from './signoz/adapter.ts';
import { tempo } from './tempo/adapter.ts';

/** Every kind of backend by its name in `showrunner.yaml`, in shows and on the command line. */
export const backends: Readonly<Record<string, Adapter>> = {
  embedded,
  jaeger,
  mackerel,
  otlp,
  prometheus,
  signoz,
  tempo,
};
