import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';

/** The reading end of a pipe that has a path, for a program that can write to a path only. */
export interface SamplePipe {
  /** The writer is gone: resolves when all that it has written has been read. */
  drain(): Promise<void>;
}

/** Makes a FIFO and reads it; works before there is a writer, and where there never is one. */
export async function openSamplePipe(path: string, onChunk: (chunk: Buffer) => void): Promise<SamplePipe> {
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  // Without O_NONBLOCK it would be opened when somebody opens the other end, and a thread would wait for that.
  const pipe = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const over = finished(pipe, { writable: false }).catch(() => undefined);
  pipe.on('data', onChunk);
  return {
    async drain() {
      closeFromTheOtherSide(path);
      await over;
    },
  };
}

/** Where nobody has opened the other end, nobody's closing it would end the stream: it is opened once more, and closed. */
function closeFromTheOtherSide(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    // ENXIO: nobody reads any more, for the stream has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
  }
}
