import { z } from 'zod';
import type { Fault } from '../fault.ts';
import { type Outage, takeAway } from '../outage.ts';

const withNothing = z.strictObject({});

const frozen: Outage = {
  state: 'paused',
  take: (shop, service) => shop.pause(service),
  async bringBack(shop, service) {
    if ((await shop.look(service)).state === 'paused') await shop.resume(service);
  },
};

export const servicePaused: Fault<z.output<typeof withNothing>> = {
  story: 'No order goes through; every process is up, every port is open, and nobody says no.',
  mechanism:
    'The service is frozen: its port takes connections, and nothing behind it answers. What waited is answered late, once it goes on.',
  signature:
    'The callers’ CLIENT spans to it are as long as their time-out, 2 s, and end with UpstreamTimeoutError; there is no span of the service itself below them; the callers answer 504.',
  needs: ['pause'],
  targets: ['inventory', 'payment', 'cart', 'catalog', 'checkout'],
  traffic: ['inventory', 'payment', 'cart', 'catalog', 'checkout'].map((service) => ({ service })),
  with: withNothing,
  inject: (context) => takeAway(context, frozen),
};
