// The package as others get it: packed, installed somewhere else, and started by the Node that npm runs on, however old that is.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { showFolder } from '../support/show-folder.ts';
import { onlyRun, root, temporaryFolder } from '../support/showrunner.ts';

const folder = temporaryFolder('packed');
const npm = (cwd: string, ...args: readonly string[]): void =>
  void execFileSync('npm', [...args, '--loglevel', 'error'], { cwd, stdio: 'inherit' });

/** The Node that npm runs on; `node` itself is the one that is installed beside the tests. */
const node = process.env['npm_node_execpath'] ?? process.execPath;

function showrunner(...args: readonly string[]) {
  const bin = join(folder, 'node_modules/.bin/showrunner');
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(node, [bin, ...args], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

beforeAll(() => {
  npm(root, 'pack', '--pack-destination', folder);
  const packed = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(packed).toHaveLength(1);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed[0]}`);
});

test('lists and validates its shows', () => {
  expect(showrunner('list')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('three-minutes') as string,
  });
  expect(showrunner('validate', 'four-faults')).toMatchObject({ status: 0, stderr: '' });
});

test('plays a show of its own shop, and a script', () => {
  const show = showFolder('calm', '  - act: calm\n    for: 14s\n    expect:\n      - quiet: { services: all }\n');
  const runsDir = join(folder, 'runs');
  const args = ['--runtime', 'process', '--engine', 'embedded', '--runs-dir', runsDir];
  expect(showrunner('check', show, ...args)).toMatchObject({ status: 0, stderr: '' });
  const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
  expect(summary.acts[0]?.expectations.map(({ verdict }) => verdict)).toEqual(['met']);
  expect(summary.leftovers).toEqual([]);
  writeFileSync(
    join(folder, 'script.js'),
    'export const options = { iterations: 3 };\nexport default function () {}\n',
  );
  const load = showrunner('load', '--engine', 'embedded', '-q', 'script.js');
  expect(load).toMatchObject({ status: 0, stdout: expect.stringMatching(/iterations\.+: 3 /) as string });
});
