import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder of a package as Node finds it from another folder: in the next `node_modules` upwards that has it. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

interface Placed {
  readonly source: string;
  /** In the image, below the folder that has `node_modules`. */
  readonly path: string;
}

/**
 * The packages and all they need at run time, by their paths in a `node_modules` of their own: `node_modules/express` -> the folder on this
 * machine. Each finds the version there that it finds here, wherever npm has put it. Throws an Error for a package that is not installed.
 */
export function packageClosure(names: readonly string[], from: string): ReadonlyMap<string, string> {
  const placed = new Map<string, string>();
  // Breadth first: what stands next to a package's own needs is there before theirs are looked for.
  const queue: Placed[] = [];
  const place = (name: string, dependant: Placed, optional: boolean): void => {
    const source = findPackage(name, dependant.source);
    if (!source && optional) return;
    if (!source) throw new Error(`${name}, which ${dependant.source} needs, is not installed`);
    const seen = seenFrom(name, dependant.path, placed);
    if (seen === source) return;
    const path = join(seen === undefined ? '' : dependant.path, 'node_modules', name);
    placed.set(path, source);
    queue.push({ source, path });
  };
  for (const name of names) place(name, { source: from, path: '' }, false);
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const [name, optional] of needs(readManifest(next.source))) place(name, next, optional);
  }
  return placed;
}

/** What a package at `path` would find by that name among those that are placed. */
function seenFrom(name: string, path: string, placed: ReadonlyMap<string, string>): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = placed.get(join(folder === '.' ? '' : folder, 'node_modules', name));
    if (found !== undefined || folder === '' || folder === '.') return found;
  }
}

function needs({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: Manifest): ReadonlyMap<string, boolean> {
  return new Map([
    ...Object.keys(peerDependencies).map((name) => [name, peerDependenciesMeta[name]?.optional ?? false] as const),
    ...Object.keys(dependencies).map((name) => [name, name in optionalDependencies] as const),
    ...Object.keys(optionalDependencies).map((name) => [name, true] as const),
  ]);
}
