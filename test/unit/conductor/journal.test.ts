import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import { createJournal, readJournal } from '../../../orchestrator/conductor/journal.ts';

const events: readonly RunEvent[] = [
  { at: 1, type: 'progress', line: 'postgres ready\nafter 420 ms' },
  { at: 2, type: 'cue', act: 'calm', parts: [{ kind: 'say', text: 'こんにちは' }] },
  { at: 3, type: 'act-ended', act: 'calm' },
];

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('the journal', () => {
  it('gives back the events it was given, one line each', async () => {
    const file = join(dir, 'journal.jsonl');
    const journal = createJournal(file);
    for (const event of events) journal.event(event);
    await journal.close();
    expect(await readJournal(file)).toEqual(events);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(events.length + 1);
  });

  it('has all of 20 000 events on the file once it is closed', async () => {
    const file = join(dir, 'journal.jsonl');
    const journal = createJournal(file);
    for (let at = 0; at < 20_000; at += 1) journal.event({ at, type: 'progress', line: 'x'.repeat(200) });
    await journal.close();
    const read = await readJournal(file);
    expect(read.map(({ at }) => at)).toEqual(Array.from({ length: 20_000 }, (_, at) => at));
  });

  it('is read up to a last line that was cut', async () => {
    const file = join(dir, 'journal.jsonl');
    const whole = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    for (const cut of [1, 5, 20]) {
      await writeFile(file, whole.slice(0, -cut));
      expect(await readJournal(file)).toEqual(events.slice(0, -1));
    }
  });

  it('names the line that is not an event', async () => {
    const file = join(dir, 'journal.jsonl');
    await writeFile(file, `${JSON.stringify(events[0])}\n{"at": 2, \n${JSON.stringify(events[2])}\n`);
    await expect(readJournal(file)).rejects.toThrow(`${file}:2: not a line of a journal`);
    await writeFile(file, `${JSON.stringify(events[0])}\n{"type": "progress"}\n`);
    await expect(readJournal(file)).rejects.toMatchObject({ code: 'journal-broken', exitCode: 2 });
  });

  it('says which file cannot be read', async () => {
    await expect(readJournal(join(dir, 'none.jsonl'))).rejects.toMatchObject({
      code: 'journal-unreadable',
      exitCode: 2,
    });
  });

  it('fails loudly where it cannot be written', async () => {
    const journal = createJournal(join(dir, 'no', 'such', 'folder', 'journal.jsonl'));
    await expect(journal.close()).rejects.toThrow('ENOENT');
    expect(() => journal.event(events[0] as RunEvent)).toThrow('ENOENT');
  });
});
