import type { FaultContext, Injected } from './fault.ts';

export interface Delay {
  /** Milliseconds. */
  readonly latency: number;
  readonly jitter: number;
}

/** What a health request takes at most on a link that nothing slows, while the machine is busy. Milliseconds. */
const ordinaryMs = 500;

/** Delays every answer on the link that the fault is put on; proven by the toxic that the proxy lists, and by the wire itself. */
export async function delayLink(
  context: Pick<FaultContext<Delay>, 'on' | 'intensity' | 'levers' | 'with'>,
): Promise<Injected> {
  const { on, intensity, levers, with: delay } = context;
  const { network } = levers;
  const undo = await network.delay(on, delay.latency, delay.jitter, intensity);
  return {
    undo,
    async proof() {
      const listed = (await network.toxics(on)).map(({ type }) => type);
      const ms = await network.roundTrip(on);
      const evidence = `toxics on ${on}: ${listed.join(', ') || 'none'}; a health request through it took ${Math.round(ms)} ms`;
      return { proven: listed.includes('latency') && ms >= delay.latency / 2, evidence };
    },
    async undone() {
      const listed = await network.toxics(on);
      const ms = await network.roundTrip(on);
      const evidence = `${listed.length} toxics on ${on}; a health request through it took ${Math.round(ms)} ms`;
      return { proven: listed.length === 0 && ms < ordinaryMs, evidence };
    },
  };
}
