import { type FileHandle, open } from 'node:fs/promises';

/** Where a file is in an archive, in bytes. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

const blockBytes = 512;

/**
 * The files of a tar archive by their paths: the headers are read, what lies between them is not. Throws an Error where it is no archive, or
 * ends before its end.
 */
export async function indexOf(file: FileHandle): Promise<ReadonlyMap<string, Place>> {
  const { size: fileBytes } = await file.stat();
  const places = new Map<string, Place>();
  const block = Buffer.alloc(blockBytes);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(block, 0, blockBytes, at);
    if (bytesRead < blockBytes) throw new Error(`it ends after ${fileBytes} bytes, in the middle of the archive`);
    if (block.every((byte) => byte === 0)) return places;
    if (block.toString('latin1', 257, 262) !== 'ustar') throw new Error('it is no tar archive');
    const size = Number.parseInt(text(block, 124, 12), 8);
    const prefix = text(block, 345, 155);
    places.set(`${prefix ? `${prefix}/` : ''}${text(block, 0, 100)}`, { offset: at + blockBytes, size });
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}

/** The JSON in a file of an archive. */
export async function readJson(archive: string, path: string): Promise<unknown> {
  const file = await open(archive);
  try {
    const place = (await indexOf(file)).get(path);
    if (!place) throw new Error(`there is no ${path} in it`);
    const { buffer } = await file.read(Buffer.alloc(place.size), 0, place.size, place.offset);
    return JSON.parse(buffer.toString()) as unknown;
  } finally {
    await file.close();
  }
}

function text(block: Buffer, at: number, length: number): string {
  return block.toString('utf8', at, at + length).replace(/[\0 ].*$/s, '');
}
