import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { ours } from '../support/engine.ts';
import { showFolder } from '../support/show-folder.ts';
import { onlyRun, start, temporaryFolder } from '../support/showrunner.ts';

const show = showFolder(
  'short',
  '  - act: calm\n    for: 12s\n    expect:\n      - quiet: { services: [storefront] }\n',
);

/** New connections from containers to this machine; answers pass. */
const firewall = ['INPUT', '-i', 'br+', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'];

async function behindFirewall<T>(act: () => Promise<T>): Promise<T> {
  execFileSync('iptables', ['-I', ...firewall]);
  try {
    return await act();
  } finally {
    execFileSync('iptables', ['-D', ...firewall]);
  }
}

const check = (runtime: string, runsDir: string, env = {}) =>
  start(['check', show, '--runtime', runtime, '--runs-dir', runsDir], env).finished;

test('without an engine, containers that are asked for are an error of the environment with its remedy', async () => {
  const { code, stderr } = await check('containers', temporaryFolder('runs'), {
    DOCKER_HOST: 'unix:///nonexistent.sock',
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(/no container engine answers at unix:\/\/\/nonexistent\.sock/);
  expect(stderr).toMatch(/→ start the engine .* or play with `--runtime process`/);
});

test('where containers cannot reach this machine, that is said, and nothing stays on the engine', async () => {
  const { code, stderr } = await behindFirewall(() => check('containers', temporaryFolder('runs')));
  expect(code).toBe(3);
  expect(stderr).toMatch(/no container can reach the telemetry receiver of this machine/);
  expect(stderr).toMatch(/→ let containers in at the firewall/);
  expect(ours()).toEqual([]);
});

test('`auto` takes processes then, and says why', async () => {
  const runsDir = temporaryFolder('runs');
  await behindFirewall(() => check('auto', runsDir));
  const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
  expect(summary.run.runtime).toBe('process');
  const journal = readFileSync(join(onlyRun(runsDir), 'journal.jsonl'), 'utf8');
  expect(journal).toMatch(/runtime process: containers cannot reach this machine as host\.docker\.internal/);
});

test('`auto` takes containers where nothing stands against it, and says so', async () => {
  const runsDir = temporaryFolder('runs');
  await check('auto', runsDir);
  const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
  expect(summary.run.runtime).toBe('containers');
  expect(readFileSync(join(onlyRun(runsDir), 'journal.jsonl'), 'utf8')).toMatch(
    /runtime containers: the engine \S+ answers/,
  );
});
