import { expect, test } from 'vitest';
import { apiVersionCheck } from '../../../orchestrator/doctor/api-version.ts';
import { contextOf, engineError, noEngineError } from '../../support/doctor.ts';

const tooOld = engineError('engine-too-old', 'the container engine 19.03 speaks API 1.40; 1.41 is needed', 'update it');
const look = (given: Parameters<typeof contextOf>[0]) => apiVersionCheck().look(contextOf(given));

test('the API of the engine is new enough', async () => {
  expect(await look({})).toEqual({ level: 'ok', found: '1.41; 1.41 or newer is needed' });
});

test('the API of the engine is too old', async () => {
  expect(await look({ engine: tooOld })).toEqual({
    level: 'warning',
    found: 'the container engine 19.03 speaks API 1.40; 1.41 is needed; shows play as processes',
    remedy: 'update it',
  });
  expect(await look({ engine: tooOld, runtime: 'containers' })).toMatchObject({
    level: 'problem',
    remedy: 'update it',
  });
});

test('there is no engine to ask', async () => {
  expect((await look({ engine: noEngineError })).level).toBe('not looked at');
  expect((await look({ runtime: 'process' })).level).toBe('not looked at');
});
