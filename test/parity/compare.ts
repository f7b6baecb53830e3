import { type Fact, type Facts, factsOf, isLogged, isTime, logged, mainNumber } from './facts.ts';
import type { Allowance, Header, Promised } from './header.ts';
import type { Played } from './players.ts';

/** One line for each fact in which two engines differ and may not; none: they agree. Throws where there was nothing to compare. */
export function differences(expected: Facts, actual: Facts, allowances: readonly Allowance[] = []): readonly string[] {
  const [wanted, got] = [ordered(expected, allowances), ordered(actual, allowances)];
  const paths = [...new Set([...Object.keys(wanted), ...Object.keys(got)])].filter(
    (path) => !isAllowed(path, allowances, 'not compared'),
  );
  if (!paths.some((path) => path !== 'exit'))
    throw new Error('an empty comparison: neither engine showed more than its exit code');
  return paths
    .filter((path) => !agree(path, [wanted[path], got[path]], allowances))
    .toSorted()
    .map((path) => `${path}: k6 ${show(wanted[path])}, embedded ${show(got[path])}`);
}

/** What a script's header promises and a run of it did not keep. */
export function brokenPromises({ promises, logs, tells }: Header, played: Played): readonly string[] {
  const lines = logged(played.stderr);
  return [
    ...promises.flatMap((one) => {
      const got = promisedNumber(one, played);
      const kept = got !== undefined && got >= one.min && got <= one.max;
      return kept ? [] : [`${one.name}: promised ${one.min}..${one.max}, got ${show(got)}`];
    }),
    ...logs
      .filter((one) => !isLogged(lines, one))
      .map(({ level, text }) => `no log line of level ${level} with "${text}" in\n${played.stderr}`),
    ...tells
      .filter((text) => !played.stderr.includes(text))
      .map((text) => `nothing said of "${text}" in\n${played.stderr}`),
  ];
}

/** What a promise may be about, beside the metrics. */
const counted: Readonly<Record<string, (played: Played) => number>> = {
  exit: ({ exit }) => exit,
  requests: ({ got }) => got.length,
  connections: ({ connections }) => connections,
  crossed: (played) => thresholdsOf(played).filter(Boolean).length,
  held: (played) => thresholdsOf(played).filter((crossed) => !crossed).length,
  console: ({ stderr }) => logged(stderr).filter(({ source }) => source === 'console').length,
  files: ({ files }) => Object.keys(files).length,
  'failing-checks': (played) =>
    Object.entries(factsOf(played)).filter(([path, value]) => /^checks.*\/fails$/.test(path) && value !== 0).length,
};

const promisedNumber = ({ name }: Promised, played: Played): number | undefined =>
  counted[name]?.(played) ?? mainNumber(played.summary, name);

const thresholdsOf = ({ summary }: Played): readonly boolean[] =>
  Object.values(summary?.metrics ?? {}).flatMap(({ thresholds = {} }) => Object.values(thresholds));

/** Facts of a list that may come in any order are numbered in the order of their text. */
function ordered(facts: Facts, allowances: readonly Allowance[]): Facts {
  const result: Record<string, Fact> = { ...facts };
  for (const { facts: list, how } of allowances) {
    if (how !== 'in any order') continue;
    const items = new Map<string, [key: string, value: Fact][]>();
    for (const [path, value] of Object.entries(facts)) {
      const [, number, rest] = new RegExp(`^${list}/(\\d+)(.*)$`).exec(path) ?? [];
      if (number === undefined) continue;
      delete result[path];
      items.set(number, [...(items.get(number) ?? []), [rest!, value]]);
    }
    [...items.values()]
      .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
      .forEach((fields, i) => fields.forEach(([key, value]) => (result[`${list}/${i}${key}`] = value)));
  }
  return result;
}

function agree(path: string, [wanted, got]: readonly (Fact | undefined)[], allowances: readonly Allowance[]): boolean {
  if (wanted === got) return true;
  if (typeof wanted !== 'number' || typeof got !== 'number') return false;
  return allowances.some(
    ({ how, facts, amount, percent }) =>
      how === 'within' &&
      matches(path, facts) &&
      Math.abs(wanted - got) <= (percent ? (amount / 100) * Math.max(Math.abs(wanted), Math.abs(got)) : amount),
  );
}

const isAllowed = (path: string, allowances: readonly Allowance[], how: Allowance['how']): boolean =>
  allowances.some((one) => one.how === how && matches(path, one.facts));

function matches(path: string, facts: string): boolean {
  if (facts === 'times') return isTime(path);
  const pattern = facts.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join('.*')}$`).test(path);
}

const show = (value: Fact | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));
