import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../../errors.ts';
import { failure } from '../engine.ts';
import type { TarEntry } from './tar.ts';

/** Loaded by glibc itself when it looks up a name, so that `ldd` does not know them; part of libc from glibc 2.34 on. */
const nameServiceLibraries = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/**
 * The libraries of this machine that programs are linked with, and its loader, each at the path where the loader finds it. Throws a
 * ShowrunnerError (exit code 3) where `ldd` cannot tell, or one is missing.
 */
export async function systemLibraries(programs: readonly string[], brought: string): Promise<readonly TarEntry[]> {
  const linked = (await Promise.all(programs.map(linkedWith))).flat();
  const libc = linked.find((path) => path.endsWith('/libc.so.6'));
  if (!libc) throw missing(`${programs[0]} is not linked with glibc`);
  const named = nameServiceLibraries.map((name) => join(dirname(libc), name)).filter((path) => existsSync(path));
  return [...new Set([...linked, ...named])]
    .filter((path) => !path.startsWith(`${brought}/`))
    .toSorted()
    .map((path) => ({ path: `root${path}`, from: path }));
}

async function linkedWith(program: string): Promise<readonly string[]> {
  const output = await promisify(execFile)('ldd', [program], { env: { PATH: process.env['PATH'], LC_ALL: 'C' } }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      throw missing(`ldd cannot tell what ${program} is linked with: ${messageOf(error)}`, error);
    },
  );
  const absent = /^\s*(\S+) => not found/m.exec(output)?.[1];
  if (absent) throw missing(`${program} needs ${absent}, which this machine does not have`);
  // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`, and `/lib64/ld-linux-x86-64.so.2 (0x…)` for the loader.
  return [...output.matchAll(/(?:=>\s+|^\s+)(\/\S+) \(0x/gm)].map(([, path = '']) => path);
}

function missing(what: string, cause?: unknown) {
  return failure('glibc-missing', what, {
    hint: 'make the images on a Linux with glibc and libstdc++ (Debian, Ubuntu, Fedora) and bring them here: `showrunner images save`, then `showrunner images load`',
    cause,
  });
}
