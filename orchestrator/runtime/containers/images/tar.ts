import { createReadStream } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** What may be in an archive, by its path in it: a text, a file of this machine, a symbolic link, or a folder with an owner. */
export type TarEntry =
  | { readonly path: string; readonly text: string; readonly owner?: number }
  | { readonly path: string; readonly from: string }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly folder: { readonly mode: number; readonly owner: number } };

const blockBytes = 512;
const chunkBytes = 1024 * 1024;

/**
 * A tar archive (POSIX ustar) of the entries, then of `rest`, which is an archive itself. Everything belongs to root and is from 1970, so that
 * equal files are equal archives.
 */
export function tarOf(entries: readonly TarEntry[], rest?: Readable): Readable {
  return Readable.from(blocks(entries, rest), { objectMode: false });
}

/** The entries of a folder and all that is below it, in the order of their names; `keep` is asked with the path below the folder. */
export async function entriesOf(
  folder: string,
  path: string,
  keep: (path: string) => boolean = () => true,
): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [];
  const walk = async (below: string): Promise<void> => {
    const found = await readdir(join(folder, below), { withFileTypes: true });
    for (const { name, ...kind } of found.map(describe).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = join(below, name);
      if (!keep(at)) continue;
      if (kind.isFolder) await walk(at);
      else if (kind.isLink) entries.push({ path: join(path, at), link: await readlink(join(folder, at)) });
      else entries.push({ path: join(path, at), from: join(folder, at) });
    }
  };
  await walk('.');
  return entries;
}

function describe(entry: { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }) {
  return { name: entry.name, isFolder: entry.isDirectory(), isLink: entry.isSymbolicLink() };
}

async function* blocks(entries: readonly TarEntry[], rest?: Readable): AsyncGenerator<Buffer> {
  for (const entry of entries) yield* entryBlocks(entry);
  if (rest) yield* rest as AsyncIterable<Buffer>;
  else yield Buffer.alloc(2 * blockBytes);
}

async function* entryBlocks(entry: TarEntry): AsyncGenerator<Buffer> {
  const { path } = entry;
  if ('text' in entry) {
    const text = Buffer.from(entry.text);
    const { owner = 0 } = entry;
    yield* [header({ path, size: text.length, mode: 0o644, owner }), text, padding(text.length)];
  } else if ('link' in entry) {
    yield header({ path, size: 0, mode: 0o777, type: '2', link: entry.link });
  } else if ('folder' in entry) {
    yield header({ path: path.endsWith('/') ? path : `${path}/`, size: 0, type: '5', ...entry.folder });
  } else {
    yield* fileBlocks(path, entry.from);
  }
}

async function* fileBlocks(path: string, from: string): AsyncGenerator<Buffer> {
  const { size, mode } = await stat(from);
  yield header({ path, size, mode: mode & 0o100 ? 0o755 : 0o644 });
  let sent = 0;
  for await (const chunk of createReadStream(from, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    yield chunk;
  }
  // What follows would be read from the wrong place.
  if (sent !== size) throw new Error(`${from} changed while it was read`);
  yield padding(size);
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

interface Header {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly owner?: number;
  readonly type?: string;
  readonly link?: string;
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function header({ path, size, mode, owner = 0, type = '0', link = '' }: Header): Buffer {
  const block = Buffer.alloc(blockBytes);
  const [prefix, name] = split(path);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'ascii');
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

/** A path of more than 100 bytes is cut at a slash into a prefix and a name. */
function split(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100 && name !== '') return [prefix, name];
  }
  throw new Error(`a path is too long for an archive: ${path}`);
}
