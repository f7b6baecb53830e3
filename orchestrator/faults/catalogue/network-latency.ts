import { z } from 'zod';
import { duration } from '../duration.ts';
import type { Fault } from '../fault.ts';
import { delayLink } from '../slow-link.ts';

const parameters = z.strictObject({ latency: duration('300ms'), jitter: duration('50ms') });

export const networkLatency: Fault<z.output<typeof parameters>> = {
  story:
    'The pages are slow; the storefront team says the catalogue is, and the catalogue team measures a few milliseconds.',
  mechanism:
    'A latency toxic on the wire between two of our own services delays every answer; neither program is touched, and neither are their other wires.',
  signature:
    'A gap: the caller’s CLIENT span is longer than the callee’s SERVER span below it, by the latency; the callee’s own spans, and its answers to other callers, are as before.',
  needs: ['network'],
  targets: ['storefront->catalog', 'storefront->cart', 'cart->catalog', 'checkout->inventory', 'checkout->payment'],
  traffic: [{ service: 'catalog' }, { service: 'cart' }, { service: 'inventory' }, { service: 'payment' }],
  with: parameters,
  inject: delayLink,
};
