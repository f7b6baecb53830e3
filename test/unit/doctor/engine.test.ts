import { expect, test } from 'vitest';
import { engineCheck } from '../../../orchestrator/doctor/engine.ts';
import { contextOf, engineError, noEngineError } from '../../support/doctor.ts';

const look = (given: Parameters<typeof contextOf>[0]) => engineCheck().look(contextOf(given));

test('an engine that answers is told with its version and where it is', async () => {
  expect(await look({})).toEqual({ level: 'ok', found: 'Docker 20.10.24 answers' });
  expect((await look({ engine: { remoteHost: 'box', rootless: true } })).found).toBe(
    'Docker 20.10.24 answers on box, rootless',
  );
});

test('without an engine shows play as processes, unless containers are asked for', async () => {
  expect(await look({ engine: noEngineError })).toEqual({
    level: 'warning',
    found: 'no container engine answers at /run/d.sock; shows play as processes',
    remedy: 'start the engine',
  });
  expect(await look({ engine: noEngineError, runtime: 'containers' })).toEqual({
    level: 'problem',
    found: 'no container engine answers at /run/d.sock',
    remedy: 'start the engine',
  });
});

test('an engine that we may not use is told with the remedy', async () => {
  const closed = engineError('engine-permission', 'no permission to use /run/d.sock', 'sudo usermod -aG docker $USER');
  expect(await look({ engine: closed, runtime: 'containers' })).toEqual({
    level: 'problem',
    found: 'no permission to use /run/d.sock',
    remedy: 'sudo usermod -aG docker $USER',
  });
});

test('processes need no engine', async () => {
  expect((await look({ runtime: 'process', engine: noEngineError })).level).toBe('not looked at');
});

test('an engine that is too old answers; how old is the finding of another check', async () => {
  expect((await look({ engine: engineError('engine-too-old', 'API 1.40', 'update it') })).level).toBe('ok');
});

test('anything unexpected is not swallowed', async () => {
  await expect(look({ engine: new TypeError('a bug') })).rejects.toThrow('a bug');
});
