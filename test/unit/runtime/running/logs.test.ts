import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { linesSince, tailOf } from '../../../../orchestrator/runtime/running/logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'logs-'));
const file = join(folder, 'catalog.log');
afterAll(() => rmSync(folder, { recursive: true }));

const line = (time: number, msg: string) => JSON.stringify({ time, msg });

test('only lines since the moment are returned, with the text that belongs to them', async () => {
  writeFileSync(
    file,
    [line(10, 'a'), '  at old (x.js:1)', line(20, 'b'), '  at new (y.js:1)', line(30, 'c'), ''].join('\n'),
  );
  expect(await linesSince(file, 20)).toEqual([line(20, 'b'), '  at new (y.js:1)', line(30, 'c')]);
  expect(await linesSince(file, 31)).toEqual([]);
});

test('a log of many blocks is searched backwards across their borders, multi-byte text included', async () => {
  const all = Array.from({ length: 5000 }, (_, index) => line(index, `${'é日本'.repeat(10)} ${index}`));
  writeFileSync(file, `${all.join('\n')}\n`);
  expect(await linesSince(file, 1234)).toEqual(all.slice(1234));
  expect(await linesSince(file, 0)).toEqual(all);
});

test('the tail is the last lines, and empty without a log', async () => {
  writeFileSync(file, Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n'));
  expect(await tailOf(file, 2)).toEqual(['line 98', 'line 99']);
  expect(await tailOf(join(folder, 'none.log'))).toEqual([]);
  expect(await linesSince(join(folder, 'none.log'), 0)).toEqual([]);
});
