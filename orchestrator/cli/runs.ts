import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

/** Makes `<runsDir>/<id>/logs`. An id sorts by its start and is unique: `20261123-144501-three-minutes-3fa9`. */
export function createRun(
  runsDir: string,
  show: string,
  startedAt: number,
): { readonly id: string; readonly runDir: string } {
  const stamp = new Date(startedAt)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-');
  const id = `${stamp}-${show}-${randomBytes(2).toString('hex')}`;
  const runDir = join(runsDir, id);
  try {
    mkdirSync(join(runDir, 'logs'), { recursive: true });
  } catch (error) {
    throw new ShowrunnerError('runs-dir', `cannot make ${runDir}: ${messageOf(error)}`, {
      hint: 'give a folder that can be written to: --runs-dir <dir>',
      exitCode: exitCodes.environment,
      cause: error,
    });
  }
  return { id, runDir };
}

/** Removes all but the newest `keep` of the given run folders, oldest first in the list, and forgets them. */
export function pruneRuns(runDirs: string[], keep: number): void {
  for (const runDir of runDirs.splice(0, Math.max(0, runDirs.length - keep)))
    rmSync(runDir, { recursive: true, force: true });
}
