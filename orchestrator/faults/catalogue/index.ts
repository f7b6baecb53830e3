import type { Fault } from '../fault.ts';
import { countryBug } from './country-bug.ts';
import { lostIndex } from './lost-index.ts';
import { nPlusOne } from './n-plus-one.ts';
import { slowThirdParty } from './slow-third-party.ts';

/** The faults, by the name they have in a show. */
export const catalogue: Readonly<Record<string, Fault>> = {
  'n-plus-one': nPlusOne,
  'lost-index': lostIndex,
  'slow-third-party': slowThirdParty,
  'country-bug': countryBug,
};
