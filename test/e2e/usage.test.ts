import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, showrunner, start, temporaryFolder } from '../support/showrunner.ts';

test('--version is the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await showrunner('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  'run',
  'check',
  'loop',
  'validate',
  'list',
  'clean',
  'replay',
  'images',
  'doctor',
  'backend',
  'backends',
  'load',
])('%s --help has an example', async (command) => {
  const { code, stdout } = await showrunner(command, '--help');
  expect(code).toBe(0);
  expect(stdout).toContain(`$ showrunner ${command}`);
});

test('an unknown command, flag or value is wrong usage', async () => {
  expect((await showrunner('perform')).code).toBe(2);
  expect((await showrunner('run', '--speed', '3')).code).toBe(2);
  const { code, stderr } = await showrunner('run', '--lang', 'fr');
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are en, ja');
});

test('an unknown show is named, with the one that was probably meant', async () => {
  const { code, stderr } = await showrunner('run', 'three-minuts');
  expect(code).toBe(2);
  expect(stderr).toContain('three-minutes');
});

test('list names the shows, and validate accepts each of them', async () => {
  const { code, stdout } = await showrunner('list', '--json');
  expect(code).toBe(0);
  const { shows } = JSON.parse(stdout) as { shows: { name: string }[] };
  expect(shows.map((show) => show.name)).toEqual(expect.arrayContaining(['four-faults', 'three-minutes']));
  for (const show of shows) expect(await showrunner('validate', show.name)).toMatchObject({ code: 0, stderr: '' });
});

test('a broken show starts nothing, and every problem has its place and a remedy', async () => {
  const folder = temporaryFolder('broken');
  const file = join(folder, 'show.yaml');
  writeFileSync(
    file,
    `show: broken
title: { en: Broken, ja: 壊れた }
load: { profile: shopers, rate: 20/s }
acts:
  - act: calm
    for: 4O s
    expect:
      - quiet: { services: all }
  - act: calm
    for: 40s
    faults:
      - { inject: n-plus-won, at: 50s, on: catalog }
`,
  );
  const { code, stderr } = await showrunner('run', file, '--runs-dir', join(folder, 'runs'));
  expect(code).toBe(2);
  for (const place of [`${file}:3:18:`, `${file}:6:10:`, `${file}:9:10:`, `${file}:12:19:`])
    expect(stderr).toContain(place);
  expect(stderr).toContain('n-plus-one');
  expect(stderr).toContain('shoppers');
});

test('a folder for runs that cannot be made is the environment, and says what to do', async () => {
  const { code, stdout, stderr } = await showrunner('check', 'three-minutes', '--runs-dir', '/dev/null/runs');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('--runs-dir');
});

const json = (value: string) => start(['list'], { SHOWRUNNER_JSON: value }).finished;

test('a switch in the environment is on or off, or wrong', async () => {
  expect((await json('1')).stdout).toMatch(/^\{/);
  expect((await json('0')).stdout).toMatch(/^Shows/);
  expect(await json('maybe')).toMatchObject({ code: 2, stdout: '' });
});

test('a rate that is none is wrong usage', async () => {
  const { code, stderr } = await showrunner('run', '--rate', 'fast');
  expect(code).toBe(2);
  expect(stderr).toContain('20/s');
});

test('a program that no backend starts is wrong usage, with the one that was probably meant', async () => {
  const { code, stderr } = await showrunner('backends', '--backend-binary', 'jeager=/opt/jaeger');
  expect(code).toBe(2);
  expect(stderr).toContain('did you mean `jaeger`?');
});

describe('a showrunner.yaml', () => {
  const folder = temporaryFolder('config');
  const file = join(folder, 'showrunner.yaml');
  writeFileSync(
    file,
    'backends:\n  mackerel: { apiKey: { env: NO_SUCH_KEY } }\n  screen: { kind: otlp, url: http://127.0.0.1:9 }\n',
  );
  const place = `${file}:2:23: the environment variable \`NO_SUCH_KEY\` is not set`;

  test('with a secret that is not found keeps only its backend from being used', async () => {
    expect(await showrunner('validate', 'three-minutes', '--config', file)).toMatchObject({ code: 0, stderr: '' });
    const check = await showrunner('check', 'three-minutes', '--config', file, '--backend', 'mackerel');
    expect(check).toMatchObject({ code: 2, stdout: '' });
    expect(check.stderr).toContain(place);
    const names = ['mackerel', 'screen', 'embedded', 'embedded'];
    const { code, stdout } = await showrunner('backends', ...names, '--config', file, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'mackerel', state: 'silent', said: expect.stringContaining(place) },
      { name: 'screen', state: 'silent', said: expect.stringContaining('could not be sent') },
      { name: 'embedded', state: 'answers' },
    ]);
  });

  test('is also the doctor’s', async () => {
    const { code, stdout } = await showrunner('doctor', '--config', file);
    expect(code).toBe(3);
    expect(stdout).toContain(place);
    expect(stdout).toContain('screen: a span could not be sent');
  });

  test('that is wrong is written out by the doctor', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, 'backends: { jaeger: { ulr: http://a } }\n');
    expect((await showrunner('doctor', '--config', wrong)).stdout).toContain(`${wrong}:1:23: unknown key \`ulr\``);
  });
});
