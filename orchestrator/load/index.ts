import { embeddedEngine } from './embedded/engine.ts';

/** Every load engine by its name on the command line. */
export const loadEngines = { embedded: embeddedEngine };
