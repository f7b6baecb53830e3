import { expect, test } from 'vitest';
import { type Check, checkOfEngine, ok } from '../../../orchestrator/doctor/check.ts';
import { engineCheck } from '../../../orchestrator/doctor/engine.ts';
import { connectLimitMs, examine, type Examination } from '../../../orchestrator/doctor/examine.ts';
import { checks as allChecks } from '../../../orchestrator/doctor/index.ts';
import { ProblemsError, ShowrunnerError } from '../../../orchestrator/errors.ts';
import { exitCodes } from '../../../orchestrator/exit-codes.ts';
import type { Engine } from '../../../orchestrator/runtime/containers/engine.ts';
import { contextOf, engineOf, noEngineError } from '../../support/doctor.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const noEngine = () => Promise.reject(noEngineError);
const never = <T>() => new Promise<T>(() => {});

function examinationOf(checks: Examination['checks'], given: Partial<Examination> = {}): Examination {
  const { engine: _, ...question } = contextOf();
  return { ...question, checks, connect: async () => engineOf(), ...given };
}

test('all checks look at the same time, at one engine, and are told in their order', async () => {
  let connections = 0;
  const connect = async () => {
    connections += 1;
    return engineOf();
  };
  const clock = new FakeClock();
  const slow = (ms: number) =>
    checkOfEngine(async ({ version }) => {
      await clock.sleep(ms);
      return ok(`${version} after ${ms}`);
    });
  const before = clock.now();
  expect(await examine(examinationOf({ first: slow(9_000), second: slow(8_000) }, { clock, connect }))).toEqual([
    { name: 'first', level: 'ok', found: '20.10.24 after 9000' },
    { name: 'second', level: 'ok', found: '20.10.24 after 8000' },
  ]);
  expect(clock.now() - before).toBe(9_000);
  expect(connections).toBe(1);
  expect(clock.sleepers).toBe(0);
});

test('a file that is wrong is written out', async () => {
  const at = { file: 'showrunner.yaml', line: 2, col: 3 };
  const wrong: Check = {
    look: () => Promise.reject(new ProblemsError([{ at, message: 'unknown key `ulr`', hint: 'did you mean `url`?' }])),
  };
  expect(await examine(examinationOf({ wrong }))).toMatchObject([
    { level: 'problem', found: 'showrunner.yaml:2:3: unknown key `ulr` → did you mean `url`?' },
  ]);
});

test('a check that fails is a problem of its own, and hides no other', async () => {
  const broken: Check = { look: () => Promise.reject(new TypeError('no such field')) };
  const known: Check = {
    look: () =>
      Promise.reject(new ShowrunnerError('x', 'not built', { hint: 'npm ci', exitCode: exitCodes.environment })),
  };
  const fine: Check = { look: async () => ok('fine') };
  expect(await examine(examinationOf({ broken, known, fine }))).toEqual([
    {
      name: 'broken',
      level: 'problem',
      found: 'the check itself failed: no such field',
      remedy: expect.stringContaining('showrunner doctor --json'),
    },
    { name: 'known', level: 'problem', found: 'not built', remedy: 'npm ci' },
    { name: 'fine', level: 'ok', found: 'fine' },
  ]);
});

test('a check that throws before it waits is a problem like any other', async () => {
  const broken: Check = {
    look: () => {
      throw new Error('at once');
    },
  };
  expect(await examine(examinationOf({ broken }))).toMatchObject([{ level: 'problem' }]);
});

test('a check that never answers is told after its time, and stopped', async () => {
  let stopped: unknown;
  const silent: Check = {
    look: ({ signal }) => {
      signal.addEventListener('abort', () => (stopped = signal.reason));
      return never();
    },
  };
  expect(await examine(examinationOf({ silent }))).toMatchObject([
    { level: 'problem', found: 'the check itself failed: gave no answer within 10 s' },
  ]);
  expect(stopped).toBeInstanceOf(Error);
});

test('an engine that takes connections and never answers is the finding of one check', async () => {
  const clock = new FakeClock();
  const before = clock.now();
  const other = checkOfEngine(async () => ok('seen'));
  expect(
    await examine(examinationOf({ engine: engineCheck(), other }, { clock, connect: () => never<Engine>() })),
  ).toEqual([
    {
      name: 'engine',
      level: 'warning',
      found: 'the container engine takes connections and gave no answer within 5 s; shows play as processes',
      remedy: 'start it again (`sudo systemctl restart docker`), or play with `--runtime process`',
    },
    { name: 'other', level: 'not looked at', found: 'there is no container engine to ask' },
  ]);
  expect(clock.now() - before).toBe(connectLimitMs);
});

test('an examination that is stopped finds nothing', async () => {
  const stop = new AbortController();
  const silent: Check = {
    look: () => {
      stop.abort(new Error('stopped by SIGINT'));
      return never();
    },
  };
  await expect(examine(examinationOf({ silent }, { signal: stop.signal }))).rejects.toThrow('stopped by SIGINT');
});

test('whatever cannot be looked at is never ok: with every check, and no engine', async () => {
  const { runtime: _, ...ofMachine } = allChecks;
  const results = await examine(
    examinationOf(ofMachine, { connect: noEngine, clock: { now: () => Date.UTC(2026, 5), sleep: () => never() } }),
  );
  const levels = Object.fromEntries(results.map(({ name, level }) => [name, level]));
  expect(levels['engine']).toBe('warning');
  for (const name of [
    'api-version',
    'cgroup',
    'images',
    'engine-memory',
    'engine-disk',
    'engine-clock',
    'host-gateway',
  ])
    expect(levels[name], name).toBe('not looked at');
});
