import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { packageRoot } from '../../package-root.ts';
import { cleanRuns } from '../process/clean.ts';
import { RunProcesses } from '../process/run-processes.ts';
import { createRunState } from '../process/run-state.ts';
import { aborting } from '../running/aborting.ts';
import { startFailure } from '../running/failures.ts';
import { PlatformShop } from '../running/running-shop.ts';
import type { Runtime, StartOptions } from '../runtime.ts';
import { connectEngine, type Engine } from './engine.ts';
import { ensureImages, type RunImages } from './images/images.ts';
import { installedShopFiles, type ShopFiles } from './images/shop-files.ts';
import { reachFrom } from './reach.ts';
import { requireSuitable } from './suitable.ts';
import { sweepEngine } from './sweep.ts';
import { watchEngine } from './watch-engine.ts';

export interface ContainersLayout {
  readonly files: ShopFiles;
  /** The program that removes a run from the engine after this process: sweep-run.ts, bundled. */
  readonly sweeper: string;
  /** For tests: instead of what the engine has. */
  readonly networkProxy?: RunImages['networkProxy'];
}

function installedLayout(): ContainersLayout {
  const sweeper = join(packageRoot(), 'dist', 'orchestrator', 'runtime', 'containers', 'sweep-run.mjs');
  return { files: installedShopFiles(), sweeper };
}

/** Runs the shop as containers of a local engine, by images that it has or that are made of what npm has brought. `layout` is for tests that bring their own shop. */
export function createContainersRuntime(layout?: ContainersLayout): Runtime {
  return {
    name: 'containers',
    capabilities: new Set(['release', 'network', 'database', 'flags', 'pause', 'kill', 'limits'] as const),
    reach: async () => reachFrom(await connectEngine()),
    start: (options) => start(options, layout ?? installedLayout()),
  };
}

export const containersRuntime = createContainersRuntime();

async function start(options: StartOptions, { files, sweeper, networkProxy }: ContainersLayout): Promise<PlatformShop> {
  options.signal.throwIfAborted();
  const engine = await connectEngine();
  requireSuitable(engine);
  void sweep(engine, options.progress);
  const { seed, progress, signal } = options;
  const ensured = await ensureImages(engine, { files, seed, progress, signal });
  const images = networkProxy ? { ...ensured, networkProxy } : ensured;
  // Loaded only here, like the engine's client: Testcontainers is a quarter of a second that other runtimes do without.
  const [{ RunContainers }, { ContainerPlatform }] = await Promise.all([
    import('./run-containers.ts'),
    import('./platform.ts'),
  ]);
  const state = createRunState(options.runId);
  state.setLastWill([process.execPath, sweeper, options.runId]);
  const processes = new RunProcesses(state, options.runDir);
  const containers = new RunContainers(engine, options.runId, options.runDir);
  const shop = new PlatformShop(
    options,
    new ContainerPlatform(options, { state, processes, containers, images, files }),
  );
  const watch = watchEngine(engine, options.runId, (error) => shop.lost(error));
  shop.onStop(watch.stop);
  options.starting?.(() => shop.footprint());
  try {
    await Promise.race([shop.start(), watch.gone, aborting(signal)]);
    return shop;
  } catch (error) {
    await shop.stop();
    signal.throwIfAborted();
    throw startFailure(error);
  }
}

/** Beside the start, which needs nothing of it. */
async function sweep(engine: Engine, progress: (line: string) => void): Promise<void> {
  try {
    const [processes, containers] = await Promise.all([cleanRuns(), sweepEngine(engine)]);
    for (const run of new Set([...processes.runs, ...containers.runs])) progress(`removed what was left of ${run}`);
  } catch (error) {
    progress(`what killed runs left could not be removed: ${messageOf(error)}`);
  }
}
