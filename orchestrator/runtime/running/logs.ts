import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const tailBytes = 16 * 1024;
const blockBytes = 64 * 1024;
/** Older lines are not looked for: about an hour of a busy service. */
const maxBytes = 16 * 1024 * 1024;

/** The last lines of a log, oldest first; none when there is no log. */
export async function tailOf(file: string, count = 20): Promise<readonly string[]> {
  const tail = await readingLog(file, (log, size) => read(log, Math.max(0, size - tailBytes), size));
  return lines(tail).slice(-count);
}

/**
 * The lines of a log of JSON lines whose `time` (epoch ms) is at or after `since`, oldest first.
 * A line that is not JSON, as of a stack trace, belongs to the line before it.
 */
export async function linesSince(file: string, since: number): Promise<readonly string[]> {
  const recent = await readingLog(file, async (log, size) => {
    let from = size;
    let found: Buffer = Buffer.alloc(0);
    // Backwards, block by block, until a line is older than what is asked for.
    while (from > Math.max(0, size - maxBytes)) {
      const start = Math.max(0, from - blockBytes);
      found = Buffer.concat([await read(log, start, from), found]);
      from = start;
      const oldest = lines(found)
        .slice(1)
        .map(timeOf)
        .find((time) => time !== undefined);
      if (oldest !== undefined && oldest < since) break;
    }
    return found;
  });
  let time = -Infinity;
  return lines(recent).filter((line) => (time = timeOf(line) ?? time) >= since);
}

function timeOf(line: string): number | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { time } = JSON.parse(line) as { time?: unknown };
    return typeof time === 'number' ? time : undefined;
  } catch {
    // A line cut in two by the block's border, or text that only looks like JSON.
    return undefined;
  }
}

function lines(text: Buffer | undefined): string[] {
  return (text?.toString() ?? '').split('\n').filter((line) => line.trim() !== '');
}

async function readingLog(
  file: string,
  work: (log: FileHandle, size: number) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  let log: FileHandle;
  try {
    log = await open(file, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return await work(log, (await log.stat()).size);
  } finally {
    await log.close();
  }
}

async function read(log: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await log.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}
