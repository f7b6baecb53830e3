import { z } from 'zod';
import type { Fault } from '../fault.ts';
import { rollOut } from '../new-release.ts';

const release = { service: 'checkout', version: '1.10.0', flag: 'regional-tax' };

/** Requests under way when a fault is undone may still fail; a log without a failure for so long is clean. Milliseconds. */
const cleanForMs = 3000;

const withNothing = z.strictObject({});

export const countryBug: Fault<z.output<typeof withNothing>> = {
  story: 'A small share of orders fails since the new release, and all of them come from one country.',
  mechanism:
    'checkout 1.10.0 computes tax by region; customers of a country whose address has no region run into a TypeError.',
  signature:
    'exception events of type TypeError on checkout’s POST /orders; the failing requests share one shop.customer.country, and service.version is 1.10.0.',
  needs: ['release', 'flags'],
  targets: ['checkout'],
  traffic: [{ service: 'checkout', route: 'POST /orders' }],
  with: withNothing,
  async inject(context) {
    const { clock, levers } = context;
    const { service, version } = release;
    const before = levers.shop.version(service);
    const injectedAt = clock.now();
    const undo = await rollOut(release, context);
    const failures = async (since: number) => {
      const lines = await levers.shop.logs(service, since);
      return lines.filter((line) => line.includes('TypeError'));
    };
    return {
      undo,
      async proof() {
        const failed = (await failures(injectedAt)).length;
        const running = levers.shop.version(service);
        const evidence = `${service} ${running} logged ${failed} TypeErrors since the injection`;
        return { proven: failed > 0 && running === version, evidence };
      },
      async undone() {
        const failed = (await failures(clock.now() - cleanForMs)).length;
        const running = levers.shop.version(service);
        const evidence = `${service} ${running} logged ${failed} TypeErrors in the last ${cleanForMs / 1000} s`;
        return { proven: failed === 0 && running === before, evidence };
      },
    };
  },
};
