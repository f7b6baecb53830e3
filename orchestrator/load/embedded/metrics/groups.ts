import { createHash } from 'node:crypto';
import type { ResultCheck, ResultGroup } from '../../result.ts';
import type { Sample } from './samples.ts';

interface Check {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  passes: number;
  fails: number;
}

interface Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: Map<string, Group>;
  readonly checks: Map<string, Check>;
}

/** The groups and checks of a script, in the order in which they were met first. */
export class GroupTree {
  readonly #root = newGroup('', '');
  readonly #byPath = new Map<string, Group>([['', this.#root]]);
  readonly #byName = new Map<string, { readonly name: string; passes: number; fails: number }>();

  /** Counts a sample of `checks`, and remembers the group of one of `group_duration`. */
  add({ metric, value, tags }: Sample, base: Sample['tags']): void {
    if (metric !== 'checks' && metric !== 'group_duration') return;
    const path = tags['group'] ?? base['group'];
    if (path === undefined) return;
    const group = this.#group(path);
    const name = tags['check'];
    if (metric !== 'checks' || name === undefined) return;
    const counted = value === 0 ? 'fails' : 'passes';
    checkOf(group, name)[counted] += 1;
    const sum = this.#byName.get(name) ?? { name, passes: 0, fails: 0 };
    this.#byName.set(name, sum);
    sum[counted] += 1;
  }

  get root(): ResultGroup {
    return resultOf(this.#root);
  }

  /** The checks of all groups together, by name. */
  get checks(): readonly { readonly name: string; readonly passes: number; readonly fails: number }[] {
    return [...this.#byName.values()].map((check) => ({ ...check }));
  }

  #group(path: string): Group {
    const known = this.#byPath.get(path);
    if (known) return known;
    const at = path.lastIndexOf('::');
    const parent = this.#group(at < 0 ? '' : path.slice(0, at));
    const group = newGroup(path.slice(at + 2), path);
    parent.groups.set(group.name, group);
    this.#byPath.set(path, group);
    return group;
  }
}

function newGroup(name: string, path: string): Group {
  return { name, path, id: idOf(path), groups: new Map(), checks: new Map() };
}

function checkOf(group: Group, name: string): Check {
  const known = group.checks.get(name);
  if (known) return known;
  const path = `${group.path}::${name}`;
  const check = { name, path, id: idOf(path), passes: 0, fails: 0 };
  group.checks.set(name, check);
  return check;
}

const idOf = (path: string): string => createHash('md5').update(path).digest('hex');

function resultOf({ name, path, id, groups, checks }: Group): ResultGroup {
  return {
    name,
    path,
    id,
    groups: [...groups.values()].map(resultOf),
    checks: [...checks.values()].map((check): ResultCheck => ({ ...check })),
  };
}
