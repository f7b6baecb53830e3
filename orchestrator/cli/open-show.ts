import { dirname, join, resolve } from 'node:path';
import { ShowrunnerError } from '../errors.ts';
import { readConfig } from '../config/read-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { expectationKinds } from '../expectations/kinds/index.ts';
import { catalogue as faults } from '../faults/catalogue/index.ts';
import type { Host } from '../host.ts';
import { isFile, type LoadProfile, profileOfScript, readProfiles } from '../load/profiles.ts';
import { packageRoot } from '../package-root.ts';
import { runtimes } from '../runtime/index.ts';
import { loadShop } from '../runtime/load-shop.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Shop } from '../runtime/shop.ts';
import { findShow } from '../show/find-show.ts';
import { type CompleteShow, readShow } from '../show/read-show.ts';
import type { Catalogue, KnownProfile } from '../show/catalogue.ts';
import { isScriptPath } from '../show/read-loads.ts';
import type { Show } from '../show/show.ts';
import { suggest } from '../show/suggest.ts';

/** A show that can be played: valid, with its talks, its load profile and the shop it plays on. */
export interface OpenShow extends CompleteShow {
  readonly shop: Shop;
  /** The profiles of its loads, by the name or path that a load gives. */
  readonly profiles: Readonly<Record<string, LoadProfile>>;
}

export const showsDir = (): string => join(packageRoot(), 'talk-scripts');

export const loadProfiles = (): readonly LoadProfile[] =>
  readProfiles(join(packageRoot(), 'load-profiles', 'profiles.yaml'));

/** What a show is to be played with, where that is known. */
export interface PlayedWith {
  /** Plays instead of all that the show has for load: what it expects is then checked against the traffic of this profile. */
  readonly load?: string | undefined;
  /** A fault that it has no means for is a problem of the show. */
  readonly runtime?: Runtime;
  /** Names of backends that the show may ask: those there are, and those of showrunner.yaml. */
  readonly backends?: readonly string[];
}

/**
 * Finds and reads a show by name or path. Throws a ShowrunnerError or ProblemsError (exit code 2) with everything that is wrong.
 */
export async function openShow(
  host: Host,
  name: string,
  { load, runtime, backends }: PlayedWith = {},
): Promise<OpenShow> {
  const found = await findShow(name, { showsDir: showsDir(), cwd: host.cwd });
  const shop = await loadShop();
  const known = loadProfiles();
  const instead = load === undefined ? undefined : namedOrScript(load, known, host.cwd);
  const scripts = new Map<string, LoadProfile>();
  const script = (path: string): KnownProfile | undefined => {
    const folder = dirname(found.file);
    if (!isFile(resolve(folder, path))) return undefined;
    const profile = profileOfScript(path, folder);
    scripts.set(path, profile);
    return instead ?? profile;
  };
  const names: Catalogue = {
    shop,
    faults,
    kinds: expectationKinds,
    profiles: Object.fromEntries(known.map((profile) => [profile.name, instead ?? profile])),
    script,
    backends: backends ?? Object.keys((await readConfig(host)).backends),
    ...(runtime && { runtime }),
    runtimes: Object.values(runtimes),
  };
  const { show, talks } = await readShow(found.file, names, host.cwd);
  if (instead) return { show: withLoad(show, instead), talks, shop, profiles: { [instead.name]: instead } };
  const profiles = {
    ...Object.fromEntries(known.map((profile) => [profile.name, profile])),
    ...Object.fromEntries(scripts),
  };
  return { show, talks, shop, profiles };
}

/** The show with this profile as its one load, at the rate of the first that it had. */
function withLoad(show: Show, { name }: LoadProfile): Show {
  const [first] = show.load;
  return { ...show, load: first ? [{ profile: name, rate: first.rate, env: first.env }] : [] };
}

function namedOrScript(load: string, known: readonly LoadProfile[], cwd: string): LoadProfile {
  const named = known.find((profile) => profile.name === load);
  if (named) return named;
  if (isScriptPath(load)) return profileOfScript(load, cwd);
  const names = known.map((profile) => profile.name);
  throw new ShowrunnerError('unknown-profile', `there is no load profile ${load}`, {
    hint: `${suggest(load, names)}; or give the path of a k6 script`,
    exitCode: exitCodes.usage,
  });
}
