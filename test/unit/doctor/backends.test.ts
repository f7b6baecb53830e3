import { expect, test } from 'vitest';
import { backendsCheck } from '../../../orchestrator/doctor/backends.ts';
import { ProblemsError, ShowrunnerError } from '../../../orchestrator/errors.ts';
import { contextOf } from '../../support/doctor.ts';

const jaeger = { name: 'jaeger', version: async () => '2.13.0' };
const look = (...backends: readonly { name: string; version: () => Promise<string | undefined> }[]) =>
  backendsCheck().look(contextOf({ backends: async () => backends }));

test('described backends that answer are fine, by name and version', async () => {
  expect(await look(jaeger)).toEqual({ level: 'ok', found: 'jaeger 2.13.0' });
});

test('without one there is nothing to look at', async () => {
  expect(await look()).toMatchObject({ level: 'not looked at' });
});

test('one that does not answer is a problem, with what it said and the remedy', async () => {
  const refused = new ShowrunnerError('backend-unauthorised', 'booth does not know the key', {
    hint: 'check the API key',
    exitCode: 3,
  });
  expect(await look(jaeger, { name: 'booth', version: () => Promise.reject(refused) })).toEqual({
    level: 'problem',
    found: 'booth does not know the key',
    remedy: 'check the API key; then run `showrunner backends`',
  });
});

test('what has nothing that could be called is never fine', async () => {
  const logsOnly = { name: 'screen', version: async () => undefined };
  expect(await look(logsOnly)).toEqual({ level: 'not looked at', found: 'not called: screen' });
  expect(await look(jaeger, logsOnly)).toEqual({ level: 'ok', found: 'jaeger 2.13.0; not called: screen' });
});

test('a secret that is not found is written out', async () => {
  const at = { file: 'showrunner.yaml', line: 3, col: 13 };
  const unfound = new ProblemsError([{ at, message: 'the environment variable `KEY` is not set', hint: 'set it' }]);
  expect(await look(jaeger, { name: 'booth', version: () => Promise.reject(unfound) })).toEqual({
    level: 'problem',
    found: 'showrunner.yaml:3:13: the environment variable `KEY` is not set → set it',
    remedy: 'then run `showrunner backends`',
  });
});
