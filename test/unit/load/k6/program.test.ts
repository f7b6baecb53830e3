import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { exitCodes } from '../../../../orchestrator/exit-codes.ts';
import { createK6Binary } from '../../../../orchestrator/load/k6/binary.ts';
import { findK6 } from '../../../../orchestrator/load/k6/program.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6-program-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A program that answers `version` as k6 does. */
function program(folder: string, answer: string): string {
  mkdirSync(join(dir, folder));
  const path = join(dir, folder, 'k6');
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const current = program('current', 'k6 v2.2.0 (go1.26.8, linux/amd64)');
const newer = program('newer', 'k6 v10.0.1-rc1 (commit/abc, go1.30, linux/arm64)');
const old = program('old', 'k6 v1.8.1 (go1.25, linux/amd64)');
const other = program('other', 'an editor, v2.2.0');

test('it is what --k6 says, else what SHOWRUNNER_K6 says, else the first k6 on the PATH', async () => {
  const env = { SHOWRUNNER_K6: newer, PATH: `/nowhere:${dir}:${join(dir, 'current')}` };
  expect(await findK6({ k6: current, env })).toEqual({ path: current, version: '2.2.0' });
  expect(await findK6({ env })).toEqual({ path: newer, version: '10.0.1' });
  expect(await findK6({ env: { PATH: env.PATH } })).toEqual({ path: current, version: '2.2.0' });
});

test('one that is too old is refused by its version and the one that is wanted', async () => {
  await expect(findK6({ k6: old, env: {} })).rejects.toMatchObject({
    code: 'load-engine-too-old',
    message: `${old} is k6 1.8.1; 2.0.0 or newer is needed`,
    exitCode: exitCodes.environment,
  });
});

test('what is not k6, or does not run, is refused by its path', async () => {
  await expect(findK6({ k6: other, env: {} })).rejects.toMatchObject({ code: 'load-engine-unusable' });
  await expect(findK6({ k6: '/nowhere/k6', env: {} })).rejects.toMatchObject({
    code: 'load-engine-unusable',
    message: expect.stringContaining('/nowhere/k6 does not run') as unknown,
  });
});

test('a machine without k6 says so, and what to do', async () => {
  expect(await createK6Binary({ env: { PATH: dir } }).probe()).toEqual({
    available: false,
    reason: 'there is no k6 on the PATH',
    hint: expect.stringContaining('--engine embedded') as unknown,
  });
});
