import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { docker, endEngine, ours, startEngine } from '../support/engine.ts';
import { showFolder, slowBank } from '../support/show-folder.ts';
import {
  eventsSoFar,
  eventually,
  onlyRun,
  type Running,
  showrunner,
  start,
  temporaryFolder,
} from '../support/showrunner.ts';

const show = showFolder('slow-bank', slowBank);
const foreign = { container: '', network: 'not-ours', volume: 'not-ours' };

beforeAll(() => {
  const image = docker('images', '--filter', 'label=showrunner.image=node', '--format', '{{.ID}}').split('\n')[0] ?? '';
  const idle = ['node', '-e', 'setInterval(() => {}, 1000)'];
  const labels = ['--label', 'com.example=theirs', '--restart', 'always'];
  foreign.container = docker('run', '--detach', '--name', 'not-ours', ...labels, image, ...idle);
  docker('network', 'create', foreign.network);
  docker('volume', 'create', foreign.volume);
});
afterAll(() => {
  docker('rm', '-f', foreign.container);
  docker('network', 'rm', foreign.network);
  docker('volume', 'rm', foreign.volume);
});
/** What was there before is there after every test. */
afterEach(async () => {
  // An engine that has just come back starts it again.
  await eventually('foreign container', 10_000, () =>
    docker('ps', '--filter', 'name=not-ours', '--format', '{{.Names}} {{.State}}') === 'not-ours running'
      ? true
      : undefined,
  );
  expect(docker('network', 'ls', '--filter', 'name=not-ours', '--format', '{{.Name}}')).toBe('not-ours');
  expect(docker('volume', 'ls', '--filter', 'name=not-ours', '--format', '{{.Name}}')).toBe('not-ours');
});

/** A run with its fault in force. */
async function startShow(command: 'run' | 'check'): Promise<Running & { readonly runsDir: string }> {
  const runsDir = temporaryFolder('runs');
  const running = start([command, show, '--runtime', 'containers', '--runs-dir', runsDir]);
  await eventually('fault in force', 120_000, () => eventsSoFar(runsDir).find((event) => event.type === 'fault-proof'));
  expect(ours().length).toBeGreaterThanOrEqual(12);
  return { ...running, runsDir };
}

const summaryIn = (runsDir: string): Summary =>
  JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;

test('Ctrl-C takes the fault back, and leaves nothing on the engine', async () => {
  const { process: child, finished, runsDir } = await startShow('run');
  child.kill('SIGINT');
  expect((await finished).code).toBe(130);
  expect(ours()).toEqual([]);
  expect(summaryIn(runsDir)).toMatchObject({ run: { outcome: 'interrupted' }, leftovers: [] });
});

test('after kill -9 in the middle of an act nothing is left within 15 s, and clean says so', async () => {
  const { process: child, finished } = await startShow('check');
  child.kill('SIGKILL');
  await finished;
  await eventually('removal of everything', 15_000, () => (ours().length === 0 ? true : undefined));
  expect(await showrunner('clean')).toEqual({ code: 0, stdout: 'nothing is left of any run\n', stderr: '' });
});

test('an engine that ends in the middle of a show ends it with exit code 3; when it is back, what is left goes', async () => {
  const { finished, runsDir } = await startShow('check');
  await endEngine();
  const { code, stderr } = await finished;
  expect(code).toBe(3);
  expect(stderr).toMatch(/the container engine has ended in the middle of the run/);
  expect(stderr).toMatch(/→ start it again and repeat the show; what is left of this run is removed/);
  const summary = summaryIn(runsDir);
  expect(summary.run).toMatchObject({ outcome: 'failed', exitCode: 3 });
  expect(summary.leftovers.join()).toMatch(/removed as soon as the engine answers/);
  const [, slowBankAct] = summary.acts;
  const verdicts = [...(slowBankAct?.expectations ?? []), ...(slowBankAct?.recovery ?? [])];
  expect(verdicts.length).toBeGreaterThan(3);
  // What was seen before it ended may stand; what is judged at the end of the act, or after it, was never seen.
  expect(slowBankAct?.recovery.filter(({ verdict }) => verdict === 'met')).toEqual([]);
  expect(verdicts.find(({ text }) => text.includes('quiet'))).toMatchObject({ verdict: 'unverified' });
  startEngine();
  await eventually('removal of everything', 30_000, () => (ours().length === 0 ? true : undefined));
});
