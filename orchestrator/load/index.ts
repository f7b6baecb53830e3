import { embeddedEngine } from './embedded/engine.ts';
import type { EngineName, LoadEngine } from './engine.ts';
import { createK6Binary } from './k6/binary.ts';
import { createK6Container } from './k6/container.ts';

/** Every load engine by its name on the command line; first the one that `auto` prefers. */
export const loadEngines = {
  'k6-binary': createK6Binary({ env: process.env }),
  'k6-container': createK6Container(),
  embedded: embeddedEngine,
} satisfies Record<EngineName, LoadEngine>;
