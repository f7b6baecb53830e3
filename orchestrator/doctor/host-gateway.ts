import { ShowrunnerError } from '../errors.ts';
import type { Engine } from '../runtime/containers/engine.ts';
import { imageWithNode, type Knock, knock } from '../runtime/containers/knock.ts';
import { runtimes } from '../runtime/index.ts';
import type { Reach } from '../runtime/runtime.ts';
import { checkOfEngine, ok, rulesOutContainers, warning } from './check.ts';
import { buildImages } from './images.ts';

interface Parts {
  /** How containers reach servers of this process. */
  reach(): Promise<Reach>;
  /** An image with Node that the engine has. */
  image(engine: Engine): Promise<string | undefined>;
  knock(engine: Engine, knock: Knock): Promise<string | undefined>;
}

/** Whether a container can reach a server of this process, which is how the shop's telemetry comes in; tried with a real one. */
export const hostGatewayCheck = ({
  reach = runtimes.containers.reach,
  image = imageWithNode,
  knock: tryOut = knock,
}: Partial<Parts> = {}) =>
  checkOfEngine(async (engine, context) => {
    let way: Reach;
    try {
      way = await reach();
    } catch (error) {
      if (!(error instanceof ShowrunnerError)) throw error;
      return rulesOutContainers(context, error.message, error.hint ?? 'showrunner run --runtime process');
    }
    const found = await image(engine);
    if (found === undefined) return warning('not tried: the engine has no image of ours to try it with', buildImages);
    const failure = await tryOut(engine, { ...way, image: found, signal: context.signal });
    const place = `${way.host} (a server that listens on ${way.listen})`;
    if (failure === undefined) return ok(`a container reached ${place}`);
    // Networks of runs have bridges called br-<id>.
    const remedy = 'let containers in at the firewall: `sudo iptables -I INPUT -i br-+ -j ACCEPT`';
    return rulesOutContainers(context, `no container can reach ${place}: ${failure}`, remedy);
  });
