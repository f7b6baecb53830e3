import type { Runtime, StartOptions } from '../runtime.ts';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { cleanRuns } from './clean.ts';
import { aborting } from '../running/aborting.ts';
import { startFailure } from '../running/failures.ts';
import { installedLayout, type Layout } from './layout.ts';
import { createRunState } from './run-state.ts';
import { RunProcesses } from './run-processes.ts';
import { PlatformShop } from '../running/running-shop.ts';
import { ProcessPlatform } from './platform.ts';

/** Runs the shop as child processes of this one, with the Postgres that npm installs. `layout` is for tests that bring their own shop. */
export function createProcessRuntime(layout?: Layout): Runtime {
  return {
    name: 'process',
    capabilities: new Set(['release', 'network', 'database', 'flags', 'pause', 'kill'] as const),
    reach: async () => ({ listen: '127.0.0.1', host: '127.0.0.1' }),
    start: (options) => start(options, layout ?? installedLayout()),
  };
}

export const processRuntime = createProcessRuntime();

async function start(options: StartOptions, layout: Layout): Promise<PlatformShop> {
  // Two releases of a service share a port (SO_REUSEPORT), and /proc tells them apart.
  if (process.platform !== 'linux') {
    throw new ShowrunnerError('not-linux', `the process runtime needs Linux; this is ${process.platform}`, {
      exitCode: exitCodes.environment,
      hint: 'run it in a Linux container or virtual machine',
    });
  }
  options.signal.throwIfAborted();
  void sweep(options.progress);
  const state = createRunState(options.runId);
  const processes = new RunProcesses(state, options.runDir);
  const shop = new PlatformShop(options, new ProcessPlatform(options, { layout, state, processes }));
  options.starting?.(() => shop.footprint());
  try {
    // Some waits (a query that seeds) do not see the signal: they end with the processes that are stopped below.
    await Promise.race([shop.start(), aborting(options.signal)]);
    return shop;
  } catch (error) {
    await shop.stop();
    options.signal.throwIfAborted();
    throw startFailure(error);
  }
}

/** Beside the start, which needs nothing of it: what a killed run left may take seconds to end. */
async function sweep(progress: (line: string) => void): Promise<void> {
  try {
    for (const run of (await cleanRuns()).runs) progress(`removed what was left of ${run}`);
  } catch (error) {
    progress(`what killed runs left could not be removed: ${messageOf(error)}`);
  }
}
