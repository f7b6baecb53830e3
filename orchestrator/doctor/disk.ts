import { access, constants, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';
import { type Check, type Finding, ok, problem, warning } from './check.ts';
import { inGb } from './memory.ts';

/** The data of a run and the cached database are some 300 MB; the logs of a long showcase are more. */
const freeMb = { least: 500, enough: 1000 } as const;

export interface Disk {
  /** Free space for us below an existing folder; rejects where there is no such folder. */
  freeMb(folder: string): Promise<number>;
  /** Rejects where we may not write. */
  mayWrite(folder: string): Promise<void>;
}

/** Whether the folders that a run writes to can be written to, and have room. */
export const diskCheck = (disk: Disk = thisMachines, temporary = tmpdir()): Check => ({
  async look({ cacheDir }) {
    const cache = await existing(disk, cacheDir);
    const findings = await Promise.all([
      lookAt(disk, temporary, { what: 'for temporary files', other: 'TMPDIR=/other/folder showrunner run' }),
      lookAt(disk, cache, { what: 'for the cache', other: 'XDG_CACHE_HOME=/other/folder showrunner run' }),
    ]);
    const worst =
      findings.find(({ level }) => level === 'problem') ?? findings.find(({ level }) => level === 'warning');
    return worst ?? ok(findings.map(({ found }) => found).join(', '));
  },
});

async function lookAt(
  disk: Disk,
  folder: string,
  { what, other }: { readonly what: string; readonly other: string },
): Promise<Finding> {
  let free: number;
  try {
    free = await disk.freeMb(folder);
    await disk.mayWrite(folder);
  } catch (error) {
    return problem(`${folder} ${what} cannot be used: ${messageOf(error)}`, `use another folder: \`${other}\``);
  }
  const found = `${inGb(free)} GB free ${what} in ${folder}`;
  if (free >= freeMb.enough) return ok(found);
  const remedy = `make room (\`du -xh ${folder} | sort -h | tail\`), or use another folder: \`${other}\``;
  return free < freeMb.least ? problem(found, remedy) : warning(found, remedy);
}

/** The folder, or the nearest above it that is there: a cache is made when it is needed. */
async function existing(disk: Disk, folder: string): Promise<string> {
  const isThere = await disk.freeMb(folder).then(
    () => true,
    () => false,
  );
  return isThere || folder === dirname(folder) ? folder : existing(disk, dirname(folder));
}

export const thisMachines: Disk = {
  async freeMb(folder) {
    const { bavail, bsize } = await statfs(folder);
    return (bavail * bsize) / 1e6;
  },
  mayWrite: (folder) => access(folder, constants.W_OK),
};
