import type { Adapter } from './adapter.ts';
import { embedded } from './embedded/adapter.ts';

/** Every kind of backend by its name in `showrunner.yaml`, in shows and on the command line. */
export const backends: Readonly<Record<string, Adapter>> = { embedded };
