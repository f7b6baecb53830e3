import { apiVersionCheck } from './api-version.ts';
import { backendsCheck } from './backends.ts';
import { cgroupCheck } from './cgroup.ts';
import type { Check } from './check.ts';
import { clockCheck } from './clock.ts';
import { diskCheck } from './disk.ts';
import { engineCheck } from './engine.ts';
import { engineClockCheck } from './engine-clock.ts';
import { engineDiskCheck } from './engine-disk.ts';
import { engineMemoryCheck } from './engine-memory.ts';
import { enginePlatformCheck } from './engine-platform.ts';
import { hostGatewayCheck } from './host-gateway.ts';
import { imagesCheck } from './images.ts';
import { memoryCheck } from './memory.ts';
import { nodeCheck } from './node.ts';
import { portsCheck } from './ports.ts';
import { postgresCheck } from './postgres.ts';
import { runtimeCheck } from './runtime.ts';

/** Every check by its name, in the order of the report: this machine, then its container engine. */
export const checks = {
  node: nodeCheck(),
  postgres: postgresCheck(),
  ports: portsCheck(),
  memory: memoryCheck(),
  disk: diskCheck(),
  clock: clockCheck(),
  backends: backendsCheck(),
  runtime: runtimeCheck(),
  engine: engineCheck(),
  'api-version': apiVersionCheck(),
  'engine-platform': enginePlatformCheck(),
  cgroup: cgroupCheck(),
  images: imagesCheck(),
  'engine-memory': engineMemoryCheck(),
  'engine-disk': engineDiskCheck(),
  'engine-clock': engineClockCheck(),
  'host-gateway': hostGatewayCheck(),
} satisfies Record<string, Check>;
