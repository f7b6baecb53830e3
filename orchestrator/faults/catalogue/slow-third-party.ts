import { z } from 'zod';
import { duration } from '../duration.ts';
import type { Fault } from '../fault.ts';

const parameters = z.strictObject({ latency: duration('1200ms'), jitter: duration('300ms') });

/** What a health request takes at most on a link that nothing slows, while the machine is busy. Milliseconds. */
const ordinaryMs = 500;

export const slowThirdParty: Fault<z.output<typeof parameters>> = {
  story: 'The bank is slow today, and our checkout gets the blame.',
  mechanism: 'A latency toxic on the wire from payment to the bank delays every answer; neither program is touched.',
  signature:
    'A long CLIENT span from payment to the bank with no SERVER span below it; the p95 of POST /payments and of POST /orders is the bank’s; other endpoints as before.',
  needs: ['network'],
  targets: ['payment->bank'],
  traffic: [{ service: 'payment', route: 'POST /payments' }],
  with: parameters,
  async inject({ on, intensity, levers: { network }, with: { latency, jitter } }) {
    const undo = await network.delay(on, latency, jitter, intensity);
    return {
      undo,
      async proof() {
        const listed = (await network.toxics(on)).map(({ type }) => type);
        const ms = await network.roundTrip(on);
        const evidence = `toxics on ${on}: ${listed.join(', ') || 'none'}; a health request through it took ${Math.round(ms)} ms`;
        return { proven: listed.includes('latency') && ms >= latency / 2, evidence };
      },
      async undone() {
        const listed = await network.toxics(on);
        const ms = await network.roundTrip(on);
        const evidence = `${listed.length} toxics on ${on}; a health request through it took ${Math.round(ms)} ms`;
        return { proven: listed.length === 0 && ms < ordinaryMs, evidence };
      },
    };
  },
};
