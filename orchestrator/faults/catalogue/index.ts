import type { Fault } from '../fault.ts';
import { countryBug } from './country-bug.ts';
import { cpuThrottle } from './cpu-throttle.ts';
import { lostIndex } from './lost-index.ts';
import { nPlusOne } from './n-plus-one.ts';
import { networkLatency } from './network-latency.ts';
import { serviceKilled } from './service-killed.ts';
import { servicePaused } from './service-paused.ts';
import { slowThirdParty } from './slow-third-party.ts';

/** The faults, by the name they have in a show. */
export const catalogue: Readonly<Record<string, Fault>> = {
  'n-plus-one': nPlusOne,
  'lost-index': lostIndex,
  'slow-third-party': slowThirdParty,
  'country-bug': countryBug,
  'service-paused': servicePaused,
  'service-killed': serviceKilled,
  'network-latency': networkLatency,
  'cpu-throttle': cpuThrottle,
};
