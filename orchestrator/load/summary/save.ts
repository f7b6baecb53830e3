import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { SummaryOutputs } from './outputs.ts';

export interface SummaryPlaces {
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly stdout: (content: string | Uint8Array) => void;
  readonly stderr: (content: string | Uint8Array) => void;
}

/** Writes a summary where it belongs, one output after the other failed too; returns what went wrong, empty where nothing did. */
export function saveOutputs({ outputs, error }: SummaryOutputs, places: SummaryPlaces): readonly string[] {
  if (error !== undefined) return [error];
  return Object.entries(outputs).flatMap(([path, content]) => {
    if (path === 'stdout' || path === 'stderr') {
      places[path](content);
      return [];
    }
    try {
      writeFileSync(resolve(places.cwd, path), content);
      return [];
    } catch (cause) {
      return [`could not write '${path}': ${messageOf(cause)}`];
    }
  });
}
