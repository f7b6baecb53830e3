import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../package-root.ts';

/** The official images that Showrunner can use, by their folders in docker/. */
export const officialImages = [
  'postgres',
  'toxiproxy',
  'k6',
  'jaeger',
  'tempo',
  'prometheus',
  'otel-collector',
] as const;

export type OfficialImage = (typeof officialImages)[number];

/** The one reference of an official image, `registry/name:tag@sha256:…`: what its Dockerfile says, and nothing else in the program repeats. */
export function pinned(name: OfficialImage): string {
  const [, reference = ''] = dockerFile(name).trim().split(/\s+/);
  return reference;
}

/** The text of a file in `docker/<name>/`. */
export function dockerFile(name: string, file = 'Dockerfile'): string {
  return readFileSync(join(dockerFolder(name), file), 'utf8');
}

/** Where the files of an image are that are the same on every machine. */
export function dockerFolder(name: string): string {
  return join(packageRoot(), 'docker', name);
}
