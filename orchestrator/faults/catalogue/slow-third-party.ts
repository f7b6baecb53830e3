import { z } from 'zod';
import { duration } from '../duration.ts';
import type { Fault } from '../fault.ts';
import { delayLink } from '../slow-link.ts';

const parameters = z.strictObject({ latency: duration('1200ms'), jitter: duration('300ms') });

export const slowThirdParty: Fault<z.output<typeof parameters>> = {
  story: 'The bank is slow today, and our checkout gets the blame.',
  mechanism: 'A latency toxic on the wire from payment to the bank delays every answer; neither program is touched.',
  signature:
    'A long CLIENT span from payment to the bank with no SERVER span below it; the p95 of POST /payments and of POST /orders is the bank’s; other endpoints as before.',
  needs: ['network'],
  targets: ['payment->bank'],
  traffic: [{ service: 'payment', route: 'POST /payments' }],
  with: parameters,
  inject: delayLink,
};
