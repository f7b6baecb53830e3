import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Adapters, starters } from '../../../orchestrator/cli/adapters.ts';
import { openShow } from '../../../orchestrator/cli/open-show.ts';
import type { PlayOptions } from '../../../orchestrator/cli/options.ts';
import { override } from '../../../orchestrator/cli/override.ts';
import { ProblemsError } from '../../../orchestrator/errors.ts';
import type { Host } from '../../../orchestrator/host.ts';
import type { LoadPlan } from '../../../orchestrator/load/engine.ts';
import type { RunningShop } from '../../../orchestrator/runtime/runtime.ts';
import { showFolder } from '../../support/show-folder.ts';
import { root } from '../../support/showrunner.ts';

const host = { cwd: root, env: {}, interactive: true } as unknown as Host;

const acts = ['calm', 'rush', 'after'].map((name) => `  - act: ${name}\n    for: 40s\n`).join('');

/** A show of three acts of 40 s beside which lies a script of the user's. */
function show(load: string): string {
  const file = showFolder('loads', acts, load);
  mkdirSync(join(file, '..', 'scripts'));
  writeFileSync(join(file, '..', 'scripts', 'mine.ts'), 'export default () => {};');
  return file;
}

const several = `
  - { profile: shoppers, rate: 20/s }
  - { profile: ./scripts/mine.ts, rate: 10/s, env: { SEED: 7, DEPTH: 3 }, from: rush, until: after }
  - { profile: shoppers, rate: 5/s, duration: 90s }
  - { profile: shoppers, rate: 5/s, from: after }`;

/** What the engine is given for each load of a show, and as what its process is known. */
async function started(load: string, played: { readonly load?: string } = {}) {
  const open = await openShow(host, show(load), played);
  const plans: (Pick<LoadPlan, 'script' | 'env'> & { readonly log: string; readonly adopted: string })[] = [];
  const adopted: string[] = [];
  const adapters = {
    engine: {
      start: async ({ script, env, logFile }: LoadPlan) => {
        plans.push({ script, env, log: logFile, adopted: '' });
        return { pid: 7 };
      },
    },
  } as unknown as Adapters;
  const plan = { id: 'run-1', runDir: '/run', show: open.show, open, host, backends: [], binaries: {} };
  const running = { url: 'http://shop', adopt: (_: number, name: string) => adopted.push(name) };
  const { load: startOne } = starters(adapters, plan);
  const wiring = { onProgress: () => undefined, signal: new AbortController().signal };
  for (const spec of open.show.load) await startOne(running as unknown as RunningShop, spec, wiring);
  return { open, plans: plans.map((one, index) => ({ ...one, adopted: adopted[index] })) };
}

describe('each load of a show', () => {
  it('is started with its own script, environment, log and name', async () => {
    const { open, plans } = await started(several);
    const shoppers = join(root, 'load-profiles', 'shoppers.ts');
    const given = { BASE_URL: 'http://shop', SEED: '1' };
    expect(plans).toEqual([
      {
        script: shoppers,
        env: { ...given, RATE: '20', DURATION: '43320s', PLANNED: '120s' },
        log: '/run/logs/load.log',
        adopted: 'load',
      },
      {
        script: join(open.show.file, '..', 'scripts', 'mine.ts'),
        env: { ...given, SEED: '7', DEPTH: '3', RATE: '10', DURATION: '43320s', PLANNED: '40s' },
        log: '/run/logs/load-mine-ts.log',
        adopted: 'load-mine-ts',
      },
      {
        script: shoppers,
        env: { ...given, RATE: '5', DURATION: '90s' },
        log: '/run/logs/load-shoppers-2.log',
        adopted: 'load-shoppers-2',
      },
      {
        script: shoppers,
        env: { ...given, RATE: '5', DURATION: '43320s', PLANNED: '40s' },
        log: '/run/logs/load-shoppers-3.log',
        adopted: 'load-shoppers-3',
      },
    ]);
  });

  it('gives way to `--load`, which plays at the rate of the first', async () => {
    const { open, plans } = await started(several, { load: 'night' });
    expect(open.show.load).toEqual([{ profile: 'night', rate: 20, env: {} }]);
    expect(plans.map(({ script }) => script)).toEqual([join(root, 'load-profiles', 'night.ts')]);
    const own = await started(several, { load: join(root, 'load-profiles', 'lib', 'random.ts') });
    expect(own.open.show.load).toMatchObject([{ profile: 'random.ts', rate: 20 }]);
  });

  it('that is no file is a problem of the show, at its place', async () => {
    const error: unknown = await openShow(host, show('{ profile: ./scripts, rate: 1/s }')).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ProblemsError);
    expect((error as ProblemsError).problems).toMatchObject([
      { message: 'there is no script `./scripts`', at: { line: 3, col: 18 } },
    ]);
  });
});

it('`--rate` is that of the first load, and the others keep their proportion to it', async () => {
  const { show: written } = await openShow(host, show(several));
  const rates = (rate?: string): readonly number[] =>
    override(host, written, { ...(rate !== undefined && { rate }) } as PlayOptions).load.map((load) => load.rate);
  expect(rates()).toEqual([20, 10, 5, 5]);
  expect(rates('40/s')).toEqual([40, 20, 10, 10]);
  expect(rates('30/min')).toEqual([0.5, 0.25, 0.125, 0.125]);
});
