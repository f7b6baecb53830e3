import { randomUUID } from 'node:crypto';
import { RunProcesses } from '../../runtime/process/run-processes.ts';
import { createRunState } from '../../runtime/process/run-state.ts';

/** What sees to it that a k6 ends with this process, which k6 itself does not watch: also when this process is killed. */
export interface LoadGuard {
  readonly name: string;
  /** A folder that is removed in the end, whoever comes to remove it. */
  readonly dir: string;
  /** Ends this process after us. */
  watch(pid: number): void;
  /** Is run after us, for what no signal reaches. */
  setLastWill(command: readonly string[]): void;
  /** There is nothing left to guard: removes the folder. */
  release(): Promise<void>;
  /** Leaves what is left to the guard: the last will, for as long as that takes. */
  letGo(): void;
}

/** A state folder and a guard as a run has, so that `showrunner clean` finds what is left here too. */
export function guardLoad(): LoadGuard {
  const name = `load-${process.pid}-${randomUUID().slice(0, 8)}`;
  const state = createRunState(name);
  const processes = new RunProcesses(state, state.dir);
  return {
    name,
    dir: state.dir,
    watch: (pid) => processes.adopt(pid, 'k6'),
    setLastWill: (command) => state.setLastWill(command),
    async release() {
      state.setLastWill(undefined);
      await processes.release();
    },
    letGo: () => processes.letGo(),
  };
}
