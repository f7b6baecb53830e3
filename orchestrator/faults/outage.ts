import { messageOf } from '../errors.ts';
import type { InstanceState } from '../runtime/running/instance.ts';
import type { RunningShop } from '../runtime/runtime.ts';
import type { FaultContext, Injected } from './fault.ts';
import type { NetworkLever } from './levers/network.ts';
import { takeStep } from './undo.ts';

/** A way to take a whole service away and to bring it back. */
export interface Outage {
  /** What the system that runs the service says of it meanwhile. */
  readonly state: InstanceState['state'];
  take(shop: RunningShop, service: string): Promise<void>;
  /** Idempotent. */
  bringBack(shop: RunningShop, service: string): Promise<void>;
}

/** The link by which each service's absence is felt. */
export const feltThrough: Readonly<Record<string, string>> = {
  inventory: 'checkout->inventory',
  payment: 'checkout->payment',
  cart: 'storefront->cart',
  catalog: 'storefront->catalog',
  checkout: 'storefront->checkout',
};

/** A service that answers at all does so sooner, even while it works off what has piled up. Milliseconds. */
const answersWithinMs = 1000;

/** Takes away the service that the fault is put on; proven by what its system says of it, and by a request of one of its callers. */
export async function takeAway({ on, levers }: Pick<FaultContext, 'on' | 'levers'>, outage: Outage): Promise<Injected> {
  const { network, shop } = levers;
  const undo = () => outage.bringBack(shop, on);
  await takeStep(() => outage.take(shop, on), undo);
  const look = async () => ({ ...(await shop.look(on)), health: await askHealth(network, feltThrough[on] ?? '') });
  return {
    undo,
    async proof() {
      const { state, words, health } = await look();
      return { proven: state === outage.state && !health.answered, evidence: `${words}; ${health.words}` };
    },
    async undone() {
      const { state, words, health } = await look();
      return { proven: state === 'running' && health.answered, evidence: `${words}; ${health.words}` };
    },
  };
}

async function askHealth(network: NetworkLever, link: string) {
  try {
    const ms = await network.roundTrip(link, answersWithinMs);
    return { answered: true, words: `a health request through ${link} took ${Math.round(ms)} ms` };
  } catch (error) {
    return { answered: false, words: `a health request through ${link} failed: ${messageOf(error)}` };
  }
}
