import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Program } from '../../../orchestrator/backends/program.ts';
import { createPrograms, type ProgramsOptions } from '../../../orchestrator/backends/programs.ts';
import { ShowrunnerError } from '../../../orchestrator/errors.ts';

let dir = '';
let folderOfProgram = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'showrunner-programs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Never ready. */
const thing: Program = {
  name: 'thing',
  ports: ['http'],
  files: () => ({}),
  args: (place) => {
    folderOfProgram = place.dir;
    return [];
  },
  readyUrl: ({ ports }) => `http://127.0.0.1:${ports['http']}`,
  readyWithinMs: 5000,
};

/** A program that says who it is and ends. */
function executable(path: string, says: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${says}\nexit 7\n`);
  chmodSync(path, 0o755);
  return path;
}

async function failureOf(options: Partial<ProgramsOptions>): Promise<ShowrunnerError> {
  const programs = createPrograms({
    id: `test-${process.pid}-${Math.random().toString(36).slice(2)}`,
    binaries: {},
    env: { PATH: '' },
    toolsDir: join(dir, 'tools'),
    signal: new AbortController().signal,
    progress: () => {},
    ...options,
  });
  try {
    await programs.start('booth', [thing]);
  } catch (error) {
    if (error instanceof ShowrunnerError) return error;
    throw error;
  } finally {
    await programs.close();
  }
  throw new Error('it has started');
}

test('a program that ends at its start says so with its last words, and nothing of it is left', async () => {
  const failed = await failureOf({ binaries: { thing: executable(join(dir, 'mine'), 'mine') } });
  expect(failed).toMatchObject({ code: 'backend-program-failed', exitCode: 3, logTail: ['mine'] });
  expect(failed.message).toContain('exit code 7');
  expect(existsSync(folderOfProgram)).toBe(false);
});

test('a folder is no program, nor is a file that cannot be executed', async () => {
  writeFileSync(join(dir, 'text'), '');
  for (const named of [dir, join(dir, 'text'), join(dir, 'none')]) {
    expect(await failureOf({ binaries: { thing: named } })).toMatchObject({
      code: 'no-backend-program',
      message: `${named} cannot be executed`,
    });
  }
});

test('the PATH comes before the tools, and an empty entry of it is no folder', async () => {
  executable(join(dir, 'tools', 'thing-1', 'thing'), 'tool');
  executable(join(dir, 'bin', 'thing'), 'path');
  mkdirSync(join(dir, 'first', 'thing'), { recursive: true });
  const path = `:${join(dir, 'first')}::${join(dir, 'bin')}`;
  expect((await failureOf({ env: { PATH: path } })).logTail).toEqual(['path']);
  expect((await failureOf({ env: { PATH: '::' } })).logTail).toEqual(['tool']);
});

test('of the tools the newest version is taken, by number', async () => {
  for (const version of ['2.6.0', '2.13.0', '2.9.1']) {
    executable(join(dir, 'tools', `thing-${version}`, 'thing'), version);
  }
  expect((await failureOf({})).logTail).toEqual(['2.13.0']);
});
