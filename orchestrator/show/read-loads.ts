import { type KnownProfile, lookUp } from './catalogue.ts';
import { isMapping, readFields } from './reader.ts';
import { loadShape } from './schema.ts';
import type { LoadSpec } from './show.ts';
import { quote } from './source-file.ts';
import { suggest } from './suggest.ts';
import type { ShowReader, Traffic } from './traffic.ts';
import type { Path } from './yaml-source.ts';

/** A load as far as it could be read. */
interface ReadLoad {
  readonly spec: LoadSpec;
  /** Undefined where its profile is not known. */
  readonly profile: KnownProfile | undefined;
}

/** Reads `load`: one mapping or a list of them. `acts` are the names of the show's acts, in their order. */
export function readLoads(reader: ShowReader, written: unknown, acts: readonly string[]): readonly ReadLoad[] {
  if (!Array.isArray(written)) return [readLoad(reader, ['load'], written, acts)];
  return written.map((value: unknown, index) => readLoad(reader, ['load', index], value, acts));
}

/** What the loads that play in the act of that index send together. */
export function trafficIn(loads: readonly ReadLoad[], acts: readonly string[], index: number): Traffic {
  const playing = loads.filter(({ spec }) => playsIn(spec, acts, index));
  const profiles = [...new Set(playing.map(({ spec }) => spec.profile))];
  const routes = playing.map(({ profile }) => profile?.reaches);
  return { profiles, reaches: routes.every((one) => one !== undefined) ? union(routes) : undefined };
}

function playsIn({ from, until }: LoadSpec, acts: readonly string[], index: number): boolean {
  const end = until === undefined ? -1 : acts.indexOf(until);
  return index >= (from === undefined ? 0 : acts.indexOf(from)) && (end === -1 || index < end);
}

function union(all: readonly NonNullable<Traffic['reaches']>[]): NonNullable<Traffic['reaches']> {
  const services = new Set(all.flatMap((reaches) => Object.keys(reaches)));
  return Object.fromEntries(
    [...services].map((service) => [service, [...new Set(all.flatMap((reaches) => lookUp(reaches, service) ?? []))]]),
  );
}

function readLoad(reader: ShowReader, path: Path, value: unknown, acts: readonly string[]): ReadLoad {
  const {
    profile = '',
    rate = Number.NaN,
    duration,
    env = {},
    from,
    until,
  } = readFields(reader, path, loadShape, value);
  checkEnvironment(reader, path, env);
  // One that names no acts plays in all of them: a wrong name then causes no second problem.
  const inActs = checkActs(reader, path, { from, until }, acts) ? { from, until } : {};
  const spec = {
    profile,
    rate,
    ...(duration !== undefined && { durationMs: duration }),
    env,
    ...(inActs.from !== undefined && { from: inActs.from }),
    ...(inActs.until !== undefined && { until: inActs.until }),
  };
  const written = isMapping(value) && typeof value['profile'] === 'string';
  return { spec, profile: written ? knownProfile(reader, [...path, 'profile'], profile) : undefined };
}

/** A path, not a name: it has a slash, or ends as a script does. */
export function isScriptPath(profile: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(profile);
}

function knownProfile({ yaml, problems, catalogue }: ShowReader, path: Path, name: string): KnownProfile | undefined {
  const { profiles, script } = catalogue;
  const isPath = script !== undefined && isScriptPath(name);
  const profile = isPath ? script(name) : lookUp(profiles, name);
  if (!profile && isPath) {
    problems.add(
      yaml.valueAt(path),
      `there is no script ${quote(name)}`,
      'write the path of a k6 script, from the folder of this file',
    );
  } else if (!profile) {
    problems.add(yaml.valueAt(path), `there is no load profile ${quote(name)}`, suggest(name, Object.keys(profiles)));
  }
  return profile;
}

/** What every script is given, and by what a show says it. */
const given: Readonly<Record<string, string>> = {
  BASE_URL: 'the address of the shop is known only once it runs: leave it out',
  RATE: 'write `rate` beside `profile`',
  DURATION: 'write `duration` beside `profile`',
  PLANNED: 'it follows from the acts: leave it out',
};

function checkEnvironment({ yaml, problems }: ShowReader, path: Path, env: LoadSpec['env']): void {
  for (const name of Object.keys(env)) {
    const at = yaml.keyAt([...path, 'env', name]);
    const hint = lookUp(given, name);
    if (hint) problems.add(at, `${quote(name)} is set by the show itself`, hint);
    // As k6 has it for `-e`.
    if (!/^[a-z_]\w*$/i.test(name))
      problems.add(at, `${quote(name)} is no name of a variable`, 'write letters, digits and `_`, no digit first');
  }
}

function checkActs(
  { yaml, problems }: ShowReader,
  path: Path,
  { from, until }: Readonly<Record<'from' | 'until', string | undefined>>,
  acts: readonly string[],
): boolean {
  for (const [key, name] of Object.entries({ from, until })) {
    if (name === undefined || acts.includes(name)) continue;
    const known = acts.filter((act) => act !== '');
    problems.add(yaml.valueAt([...path, key]), `there is no act ${quote(name)}`, suggest(name, known));
    return false;
  }
  if (until === undefined || acts.indexOf(until) > (from === undefined ? 0 : acts.indexOf(from))) return true;
  problems.add(
    yaml.valueAt([...path, 'until']),
    `a load until ${quote(until)} ends before it begins`,
    `name an act after ${quote(from ?? acts[0] ?? '')}: it ends as that one begins`,
  );
  return false;
}
