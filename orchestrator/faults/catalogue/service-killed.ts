import { z } from 'zod';
import type { Fault } from '../fault.ts';
import { type Outage, takeAway } from '../outage.ts';

const withNothing = z.strictObject({});

const gone: Outage = {
  state: 'down',
  take: (shop, service) => shop.kill(service),
  bringBack: (shop, service) => shop.revive(service),
};

export const serviceKilled: Fault<z.output<typeof withNothing>> = {
  story: 'No order goes through, and this time the error comes at once.',
  mechanism:
    'The service gets a SIGKILL in the middle of its work and stays down: connections to it are refused or closed, until the undo starts it again.',
  signature:
    'The callers’ CLIENT spans to it fail at once, with a connection error, and no span of the service below them; the callers answer 502 with UpstreamUnavailableError.',
  needs: ['kill'],
  targets: ['payment', 'inventory', 'cart', 'catalog', 'checkout'],
  traffic: ['payment', 'inventory', 'cart', 'catalog', 'checkout'].map((service) => ({ service })),
  with: withNothing,
  inject: (context) => takeAway(context, gone),
};
