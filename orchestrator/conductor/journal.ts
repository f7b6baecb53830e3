import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { messageOf, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Report } from '../reports/report.ts';
import type { RunEvent } from './events.ts';

/**
 * Appends every event to a file as one line of JSON. A line is handed over in one write, so a killed run leaves whole lines but for
 * the last. `event` throws once the file can no longer be written (disk full); `close` resolves when all is on the file.
 */
export function createJournal(file: string): Report {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o644 });
  let failure: Error | undefined;
  stream.on('error', (error) => (failure = error));

  return {
    event(event) {
      if (failure) throw failure;
      stream.write(`${JSON.stringify(event)}\n`);
    },
    async close() {
      if (failure) throw failure;
      stream.end();
      await finished(stream);
    },
  };
}

/**
 * The events of a journal, in order. A last line without its newline was cut by a crash and is left out; any other line that is not
 * an event is an error that names the line (exit code 2).
 */
export async function readJournal(file: string): Promise<readonly RunEvent[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ShowrunnerError('journal-unreadable', `cannot read the journal ${file}: ${messageOf(error)}`, {
      exitCode: exitCodes.usage,
      cause: error,
    });
  });
  const lines = text.split('\n');
  // After the last newline: nothing, or what a crash cut.
  lines.pop();
  return lines.map((line, index) => parseLine(file, line, index + 1));
}

function parseLine(file: string, line: string, number: number): RunEvent {
  try {
    const value: unknown = JSON.parse(line);
    if (isEvent(value)) return value;
    throw new Error('an event has `at` and `type`');
  } catch (error) {
    throw new ShowrunnerError('journal-broken', `${file}:${number}: not a line of a journal: ${messageOf(error)}`, {
      exitCode: exitCodes.usage,
      hint: 'Give the journal.jsonl of a run as it was written.',
      cause: error,
    });
  }
}

function isEvent(value: unknown): value is RunEvent {
  return (
    typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number' && 'type' in value
  );
}
