import { expect, test } from 'vitest';
import { runtimeCheck } from '../../../orchestrator/doctor/runtime.ts';
import { runtimes } from '../../../orchestrator/runtime/index.ts';
import { contextOf } from '../../support/doctor.ts';

test('auto says what it takes and why', async () => {
  const { containers, process } = runtimes;
  const takes = (runtime: typeof containers, why: string) =>
    runtimeCheck(async () => ({ runtime, why })).look(contextOf());
  expect(await takes(containers, 'runtime containers: the engine 20.10 answers')).toEqual({
    level: 'ok',
    found: 'auto takes containers: the engine 20.10 answers',
  });
  expect(await takes(process, 'runtime process: no engine')).toEqual({
    level: 'warning',
    found: 'auto takes process: no engine',
    remedy: '`showrunner doctor --runtime containers` says what they need',
  });
});

test('a runtime that is asked for is taken', async () => {
  expect(await runtimeCheck().look(contextOf({ runtime: 'process' }))).toEqual({
    level: 'ok',
    found: 'process, as asked for',
  });
});
