import { ShowrunnerError } from '../errors.ts';
import { connectEngine } from './containers/engine.ts';
import { requireObtainable } from './containers/images/images.ts';
import { installedShopFiles } from './containers/images/shop-files.ts';
import { requireSuitable } from './containers/suitable.ts';
import { runtimes } from './index.ts';
import type { Runtime } from './runtime.ts';
import { shopSeed } from './shop-seed.ts';

export interface ChosenRuntime {
  readonly runtime: Runtime;
  /** Why, for the user, where it was left to us. */
  readonly why?: string;
}

/**
 * The runtime of that name. `auto`: containers when an engine answers that the shop can run on, and its images are there or can be made,
 * else processes.
 */
export async function chooseRuntime(name: string): Promise<ChosenRuntime> {
  if (name !== 'auto') {
    const runtime = Object.entries(runtimes).find(([known]) => known === name)?.[1];
    if (!runtime) throw new Error(`no runtime is called ${name}`);
    return { runtime };
  }
  try {
    const engine = await connectEngine();
    requireSuitable(engine);
    await runtimes.containers.reach();
    await requireObtainable(engine, { files: installedShopFiles(), seed: shopSeed });
    return { runtime: runtimes.containers, why: `runtime containers: the engine ${engine.version} answers` };
  } catch (error) {
    if (!(error instanceof ShowrunnerError)) throw error;
    return { runtime: runtimes.process, why: `runtime process: ${error.message}` };
  }
}
