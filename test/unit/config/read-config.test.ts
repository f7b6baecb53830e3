import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backends } from '../../../orchestrator/backends/index.ts';
import type { Secret } from '../../../orchestrator/backends/secret.ts';
import { otlp } from '../../../orchestrator/backends/otlp/adapter.ts';
import { readConfig } from '../../../orchestrator/config/read-config.ts';
import { ProblemsError } from '../../../orchestrator/errors.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'showrunner-config-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const adapters = { ...backends, otlp };
const url = async (env: Record<string, string> = {}, path?: string): Promise<unknown> =>
  ((await readConfig({ cwd, env }, { path, adapters })).backends['otlp']?.settings as { url: unknown } | undefined)
    ?.url;

async function problemsOf(env: Record<string, string>): Promise<unknown> {
  const error: unknown = await readConfig({ cwd, env }, { adapters }).catch((thrown: unknown) => thrown);
  return error instanceof ProblemsError ? error.problems : error;
}

it('needs no file', async () => {
  expect(Object.keys((await readConfig({ cwd, env: {} })).backends)).toEqual(Object.keys(backends));
});

it('reads showrunner.yaml of the working directory, or the file that is named', async () => {
  await writeFile(join(cwd, 'showrunner.yaml'), '\uFEFFbackends: {otlp: {url: http://here}}');
  await writeFile(join(cwd, 'there.yaml'), 'backends: {otlp: {url: http://there}}');
  await writeFile(join(cwd, 'elsewhere.yaml'), 'backends: {otlp: {url: http://elsewhere, headers: {a: {file: key}}}}');
  await writeFile(join(cwd, 'key'), 'abc\n');
  expect(await url()).toBe('http://here');
  expect(await url({ SHOWRUNNER_CONFIG: '' })).toBe('http://here');
  expect(await url({ SHOWRUNNER_CONFIG: 'there.yaml' })).toBe('http://there');
  expect(await url({ SHOWRUNNER_CONFIG: 'there.yaml' }, join(cwd, 'elsewhere.yaml'))).toBe('http://elsewhere');
  const { backends: read } = await readConfig(
    { cwd: join(cwd, 'a'), env: {} },
    { path: '../elsewhere.yaml', adapters },
  );
  const settings = read['otlp']?.settings as { headers: { a: Secret } } | undefined;
  expect(settings?.headers.a.reveal()).toBe('abc');
});

it('throws every problem with the name of the file as it is seen from here', async () => {
  await writeFile(join(cwd, 'bad.yaml'), 'backends: {otlp: {url: 5}, oltp: {}}');
  expect(await problemsOf({ SHOWRUNNER_CONFIG: 'bad.yaml' })).toMatchObject([
    { at: { file: 'bad.yaml', line: 1, col: 24 } },
    { at: { file: 'bad.yaml', line: 1, col: 28 }, message: '`oltp` is no kind of backend' },
  ]);
  expect(await problemsOf({ SHOWRUNNER_CONFIG: 'none.yaml' })).toMatchObject([
    { at: { file: 'none.yaml' }, message: 'this file is missing' },
  ]);
  expect(await problemsOf({ SHOWRUNNER_CONFIG: '.' })).toMatchObject([
    { message: expect.stringContaining('cannot be read') },
  ]);
  await writeFile(join(cwd, 'large.yaml'), '#'.repeat(300_000));
  expect(await problemsOf({ SHOWRUNNER_CONFIG: 'large.yaml' })).toMatchObject([
    { message: expect.stringContaining('KB are read') },
  ]);
});
