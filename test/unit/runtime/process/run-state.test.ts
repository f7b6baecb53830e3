import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRunState, stateRoot } from '../../../../orchestrator/runtime/process/run-state.ts';

let folder: string;
const mask = process.umask();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-state-'));
  chmodSync(folder, 0o755);
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  process.umask(mask);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('the user of Postgres can pass the folders of a run, whatever the umask', () => {
  process.umask(0o077);
  const { dir } = createRunState('run');
  expect(stateRoot()).toContain(folder);
  for (const each of [stateRoot(), dir]) expect(statSync(each).mode & 0o777).toBe(0o711);
});
