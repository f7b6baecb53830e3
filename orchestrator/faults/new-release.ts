import type { FaultContext } from './fault.ts';
import { takeSteps, type Undo } from './undo.ts';

/** A release of a service, and the flag that rolls its new code path out. */
export interface Rollout {
  readonly service: string;
  readonly version: string;
  readonly flag: string;
}

/** Releases a version and rolls its flag out to `intensity` of the requests; the undo brings back the version that ran before. */
export function rollOut({ service, version, flag }: Rollout, context: FaultContext): Promise<Undo> {
  const { intensity, levers, signal } = context;
  const before = levers.shop.version(service);
  return takeSteps(signal, [
    async () => {
      await levers.shop.release(service, { version });
      return () => levers.shop.release(service, { version: before });
    },
    () => levers.flags.rollOut(flag, 'on', intensity),
  ]);
}
