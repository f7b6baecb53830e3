import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Twelve hexadecimal digits that change when any of the parts does. */
export function contentKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * What stands for files of an image in a key. A package is its manifest, for npm never changes a version; everything else is its content.
 * Neither times nor places on this machine: the same program has the same images everywhere.
 */
export function filesPart(files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, source]) => [path, digestOf(path, source)]);
}

/** The content of a folder, whatever it is called. */
export function folderPart(folder: string): string {
  return digestOf('', folder);
}

function digestOf(path: string, source: string): string {
  const isPackage = path.includes('/node_modules/') && existsSync(join(source, 'package.json'));
  const hash = createHash('sha256');
  if (isPackage) return hash.update(readFileSync(join(source, 'package.json'))).digest('hex');
  if (!statSync(source).isDirectory()) return hash.update(readFileSync(source)).digest('hex');
  const found = readdirSync(source, { recursive: true, withFileTypes: true });
  for (const file of found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()) {
    hash.update(`${file.slice(source.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}
