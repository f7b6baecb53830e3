import { RunProcesses } from './run-processes.ts';
import { createRunState } from './run-state.ts';

/**
 * Sees to it that a folder (an absolute path) goes with this process, also when that is killed: by a guard of its own, under this name,
 * for what is in use before the shop has a guard and after that one is gone. `release` removes the folder.
 */
export function guardFolder(name: string, folder: string): { release(): Promise<void> } {
  const state = createRunState(name);
  state.registerDir(folder);
  const processes = new RunProcesses(state, state.dir);
  return { release: () => processes.release() };
}
