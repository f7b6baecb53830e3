import { join } from 'node:path';
import { expectationKinds } from '../../orchestrator/expectations/kinds/index.ts';
import { catalogue as faults } from '../../orchestrator/faults/catalogue/index.ts';
import { readProfiles } from '../../orchestrator/load/profiles.ts';
import { loadShop } from '../../orchestrator/runtime/load-shop.ts';
import type { Catalogue } from '../../orchestrator/show/catalogue.ts';

/** What the shows of this repository may name. */
export async function realCatalogue(): Promise<Catalogue> {
  const profiles = readProfiles(join(import.meta.dirname, '..', '..', 'load-profiles', 'profiles.yaml'));
  const byName = Object.fromEntries(profiles.map((profile) => [profile.name, profile]));
  return { shop: await loadShop(), faults, kinds: expectationKinds, profiles: byName, backends: ['embedded'] };
}
