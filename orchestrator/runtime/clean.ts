import { ShowrunnerError } from '../errors.ts';
import { connectEngine } from './containers/engine.ts';
import { sweepEngine } from './containers/sweep.ts';
import { type CleanReport, cleanRuns } from './process/clean.ts';

export interface WholeCleanReport extends CleanReport {
  /** Why the container engine could not be asked, where there seems to be one. */
  readonly notLookedAt?: string;
}

/** Ends and removes what is left of runs whose orchestrator is gone: processes, folders, and what is on the container engine. */
export async function cleanAll(): Promise<WholeCleanReport> {
  const processes = await cleanRuns();
  try {
    const containers = await sweepEngine(await connectEngine());
    return {
      runs: [...new Set([...processes.runs, ...containers.runs])],
      done: [...processes.done, ...containers.done],
      left: [...processes.left, ...containers.left],
    };
  } catch (error) {
    if (!(error instanceof ShowrunnerError)) throw error;
    // Where no engine is installed, nothing can be left on it.
    return error.code === 'no-engine-installed' ? processes : { ...processes, notLookedAt: error.message };
  }
}
