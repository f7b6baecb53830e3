import { containersRuntime } from './containers/runtime.ts';
import { processRuntime } from './process/runtime.ts';
import type { Runtime } from './runtime.ts';

/** Every runtime by its name on the CLI. */
export const runtimes = { containers: containersRuntime, process: processRuntime } satisfies Record<string, Runtime>;
