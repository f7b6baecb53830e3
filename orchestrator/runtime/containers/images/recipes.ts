import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findPostgres } from '../../process/postgres-binaries.ts';
import { type Engine, failure } from '../engine.ts';
import { installedPath, packageFor } from './plan.ts';
import { dockerFile, dockerFolder } from './pinned.ts';
import type { ShopFiles } from './shop-files.ts';
import { systemLibraries } from './system-libraries.ts';
import { entriesOf, type TarEntry } from './tar.ts';

/**
 * Throws a ShowrunnerError (exit code 3) where no image can be made of what npm has brought: its programs are of this machine's kind, and the
 * engine must be here, for the database is filled over a port of it.
 */
export function assertBuildable({ os, arch, remoteHost }: Pick<Engine, 'os' | 'arch' | 'remoteHost'>): void {
  const here = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  const hint =
    'bring images that were made on such a machine: `showrunner images save` there, `showrunner images load` here; or play with `--runtime process`';
  if (os !== process.platform || arch !== here) {
    throw failure(
      'image-architecture',
      `the engine runs ${os}-${arch} images, and npm has brought programs for ${process.platform}-${here}`,
      { hint },
    );
  }
  if (remoteHost) {
    throw failure('engine-remote', `images cannot be made on the engine of another machine (${remoteHost})`, { hint });
  }
}

/** Node as npm has brought it, and what it is linked with. */
export async function nodeContext({ arch }: Pick<Engine, 'arch'>): Promise<readonly TarEntry[]> {
  const name = packageFor('node-linux', arch);
  const node = installedPath(name, 'bin', 'node');
  if (!node || !existsSync(node)) {
    throw failure('no-node', `${name} is not installed`, { hint: 'run `npm ci` without --omit=optional' });
  }
  return [
    ...(await sharedFiles('node')),
    { path: 'root/usr/local/bin/node', from: node },
    ...(await systemLibraries([node], dirname(node))),
  ];
}

/** What only those need who build programs, or start the server by hand. */
const superfluous = /\.a$|(^|\/)(pkgconfig|pg_ctl|pg-symlinks\.json)$/;

/** Postgres as npm has brought it, and what it is linked with; a shell for initdb. */
export async function postgresContext(): Promise<readonly TarEntry[]> {
  const { home, postgres, initdb } = await findPostgres();
  const to = 'root/usr/local/pgsql';
  const entries = await entriesOf(home, to, (path) => !superfluous.test(path));
  const present = new Set(entries.map(({ path }) => path));
  return [
    ...(await sharedFiles('postgres-npm')),
    ...entries,
    ...npmLinks(home)
      .map(({ link, target }) => ({ path: join(to, link), link: target }))
      .filter(({ path }) => !present.has(path)),
    // initdb asks the server for its version through a shell (popen), and finds none in an empty image.
    { path: 'root/bin/sh', from: '/bin/sh' },
    ...(await systemLibraries([postgres, initdb, '/bin/sh'], home)),
  ];
}

/** Links that the package makes when it is installed, since npm has none; not if install scripts are blocked. */
function npmLinks(home: string): readonly { readonly link: string; readonly target: string }[] {
  const file = join(home, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const links = JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[];
  // Both begin with `native/`, and they are in one folder.
  return links.map(({ source, target }) => ({
    link: target.replace(/^native\//, ''),
    target: source.slice(source.lastIndexOf('/') + 1),
  }));
}

/** The programs of a shop and the packages that they load. */
export async function shopContext({ files }: ShopFiles): Promise<readonly TarEntry[]> {
  const parts = [...files].map(async ([path, source]): Promise<readonly TarEntry[]> => {
    const isPackage = path.includes('/node_modules/');
    // What a package has brought for itself is in the list by itself.
    const keep = (below: string) => !isPackage || !/(^|\/)node_modules$/.test(below);
    const entry = { path: `root${path}`, from: source };
    return (await isFolder(source)) ? entriesOf(source, entry.path, keep) : [entry];
  });
  return [...(await sharedFiles('shop')), ...(await Promise.all(parts)).flat()];
}

/** The Dockerfile of an image, and what stands beside it. */
function sharedFiles(name: string): Promise<readonly TarEntry[]> {
  return entriesOf(dockerFolder(name), '.');
}

export function databaseDockerfile(): TarEntry {
  return { path: 'Dockerfile', text: dockerFile('database') };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}
