import type { CompiledScript } from '../protocol.ts';
import type { HostOperations } from '../vu-host.ts';
import { cryptoOperations } from './crypto.ts';
import { encodingOperations } from './encoding.ts';
import { fileOperations } from './files.ts';
import { randomOperations } from './random.ts';
import { sharedArrayOperations } from './shared-arrays.ts';

/** What k6's modules ask of the engine, apart from requests and the test itself. Made once for a test; all virtual users share it. */
export function moduleOperations(script: CompiledScript): HostOperations {
  return {
    ...cryptoOperations,
    ...encodingOperations,
    ...randomOperations,
    ...fileOperations(script),
    ...sharedArrayOperations(),
    'time.now': () => performance.now(),
  };
}
