import { z } from 'zod';
import type { RunningShop } from '../../runtime/runtime.ts';
import type { Fault, FaultContext } from '../fault.ts';
import { takeStep } from '../undo.ts';

const parameters = z.strictObject({
  cores: z.number().min(0.01).max(1).optional().meta({
    description: 'What the service may use; without it, 85 % of what it uses on average. 0.05 is 5 ms of every 100 ms.',
  }),
});
type With = z.output<typeof parameters>;

/*
 * How many cores a service needs depends on the machine: what is not felt on one ends all answers on another. Measured with catalog at
 * 20 visits/s, which takes 0.06 to 0.08 cores: at 0.7 to 0.95 of its average its p95 is 50 to 860 ms instead of 5, and next to nothing
 * fails; at 0.6 more comes than it can answer, and soon every request ends in a time-out; at 1.3 it is hardly ever held back.
 */
const shareOfUse = 0.85;
const leastCores = 0.01;
const measureForMs = 5000;
/** No two readings of one measurement are so far apart, unless one of them is none. */
const longestSeconds = 60;

/** With its own limit back a service is not held back for so long. Milliseconds: ten of the kernel's periods. */
const freeForMs = 1000;

export const cpuThrottle: Fault<With> = {
  story: 'Somebody saved on CPU limits: the host is nearly idle, and the catalogue crawls.',
  mechanism:
    'The service’s CPU quota is cut: once it has used its share of a period of 100 ms, the kernel stops it until the next one.',
  signature:
    'All spans of the service stretch, whatever they do, for every caller; its CPU use is low; other services’ own work takes as long as before.',
  needs: ['limits'],
  targets: ['catalog', 'cart', 'checkout'],
  traffic: [{ service: 'catalog' }, { service: 'cart' }, { service: 'checkout' }],
  with: parameters,
  async inject(context) {
    const { on, levers, clock } = context;
    const { shop } = levers;
    const cores = context.with.cores ?? (await lessThanItUses(context));
    const before = await cpuOf(shop, on);
    const undo = () => shop.limitCpu(on);
    await takeStep(() => shop.limitCpu(on, cores), undo);
    return {
      undo,
      async proof() {
        const now = await cpuOf(shop, on);
        const held = now.throttledPeriods - before.throttledPeriods;
        const heldMs = Math.round(now.throttledMs - before.throttledMs);
        const evidence = `${on} may use ${now.limitCores} cores; it was held back in ${held} of ${now.periods - before.periods} periods, for ${heldMs} ms in all`;
        return { proven: same(now.limitCores, cores) && held > 0 && heldMs > 0, evidence };
      },
      async undone() {
        const from = await cpuOf(shop, on);
        await clock.sleep(freeForMs);
        const to = await cpuOf(shop, on);
        const held = to.throttledPeriods - from.throttledPeriods;
        const evidence = `${on} may use ${to.limitCores} cores; it was held back in ${held} periods of the last ${freeForMs / 1000} s`;
        return { proven: same(to.limitCores, before.limitCores) && held === 0, evidence };
      },
    };
  },
};

async function lessThanItUses({ on, levers: { shop }, clock, signal }: FaultContext<With>): Promise<number> {
  const from = await cpuOf(shop, on);
  await clock.sleep(measureForMs, signal);
  const to = await cpuOf(shop, on);
  const seconds = (to.readAt - from.readAt) / 1000;
  const used = to.usedSeconds - from.usedSeconds;
  // What is counted begins at 0 with each instance.
  if (used < 0) throw new Error(`${on} was started anew while its CPU use was measured; give a number of cores`);
  // Of what has ended the engine tells the year 1.
  if (seconds < 1 || seconds > longestSeconds) {
    throw new Error(
      `the CPU use of ${on} could not be measured: its two readings are ${seconds} s apart; give a number of cores`,
    );
  }
  return Math.max(leastCores, Math.round(((shareOfUse * used) / seconds) * 1000) / 1000);
}

async function cpuOf(shop: RunningShop, service: string) {
  const { cpu, words } = await shop.look(service);
  if (!cpu) throw new Error(`nothing is known of its CPU limit: ${words}`);
  return cpu;
}

/** The kernel counts in microseconds of a period, so the number may come back rounded. */
function same(cores: number, others: number): boolean {
  return Math.abs(cores - others) < 0.001;
}
