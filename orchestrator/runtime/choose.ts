import { messageOf } from '../errors.ts';
import { connectEngine, type Engine } from './containers/engine.ts';
import { requireObtainable } from './containers/images/images.ts';
import { installedShopFiles } from './containers/images/shop-files.ts';
import { imageWithNode, knock } from './containers/knock.ts';
import { requireSuitable } from './containers/suitable.ts';
import { runtimes } from './index.ts';
import type { Runtime } from './runtime.ts';
import { shopSeed } from './shop-seed.ts';

export interface ChosenRuntime {
  readonly runtime: Runtime;
  /** Why, for the user, where it was left to us. */
  readonly why?: string;
}

/** A container starts and asks within a second; a firewall that drops what it asks takes three. */
const knockMs = 8000;

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
    await requireObtainable(engine, { files: installedShopFiles(), seed: shopSeed });
    await requireReachable(engine);
    return { runtime: runtimes.containers, why: `runtime containers: the engine ${engine.version} answers` };
  } catch (error) {
    // Whatever it is that keeps containers from being used.
    return { runtime: runtimes.process, why: `runtime process: ${messageOf(error)}` };
  }
}

/** Tries, where there is an image to try it with, whether containers reach this machine: a firewall may stand between. */
async function requireReachable(engine: Engine): Promise<void> {
  const way = await runtimes.containers.reach();
  const image = await imageWithNode(engine);
  if (!image) return;
  const signal = AbortSignal.timeout(knockMs);
  const failure = await knock(engine, { ...way, image, signal }).catch((error: unknown) => {
    if (signal.aborted) return `no answer within ${knockMs / 1000} s`;
    throw error;
  });
  if (failure) throw new Error(`containers cannot reach this machine as ${way.host}: ${failure}`);
}
