import { expect, test } from 'vitest';
import { takeSteps, type Undo } from '../../../orchestrator/faults/undo.ts';

const ready = new AbortController().signal;

async function failing(): Promise<Undo> {
  throw new Error('no such release');
}

/** A step that notes when it is taken and taken back; its undo fails as often as told. */
function step(name: string, log: string[], failures = 0): () => Promise<Undo> {
  let left = failures;
  return async () => {
    log.push(name);
    return async () => {
      log.push(`undo ${name}`);
      if (left-- > 0) throw new Error(`undo of ${name} failed`);
    };
  };
}

test('the undo takes steps back last first, and once', async () => {
  const log: string[] = [];
  const undo = await takeSteps(ready, [step('a', log), step('b', log)]);
  await undo();
  await undo();
  expect(log).toEqual(['a', 'b', 'undo b', 'undo a']);
});

test('undos that overlap share one run', async () => {
  const log: string[] = [];
  const undo = await takeSteps(ready, [step('a', log)]);
  await Promise.all([undo(), undo()]);
  expect(log).toEqual(['a', 'undo a']);
});

test('a step that fails takes back those before it, and its error is thrown', async () => {
  const log: string[] = [];
  await expect(takeSteps(ready, [step('a', log), step('b', log), failing])).rejects.toThrow('no such release');
  expect(log).toEqual(['a', 'b', 'undo b', 'undo a']);
});

test('an undo that fails does not keep the others, and is tried again by the next call', async () => {
  const log: string[] = [];
  const undo = await takeSteps(ready, [step('a', log), step('b', log, 1)]);
  await expect(undo()).rejects.toThrow('undo of b failed');
  await undo();
  expect(log).toEqual(['a', 'b', 'undo b', 'undo a', 'undo b']);
});

test('a step that fails while taking back fails too says both', async () => {
  const steps = takeSteps(ready, [step('a', [], 1), failing]);
  await expect(steps).rejects.toMatchObject({
    errors: [{ message: 'no such release' }, { message: 'undo of a failed' }],
  });
});

test('an aborted signal stops between steps and takes back', async () => {
  const log: string[] = [];
  const interrupt = new AbortController();
  const aborting = async (): Promise<Undo> => {
    interrupt.abort(new Error('SIGINT'));
    return async () => void log.push('undo aborting');
  };
  await expect(takeSteps(interrupt.signal, [aborting, step('never', log)])).rejects.toThrow('SIGINT');
  expect(log).toEqual(['undo aborting']);
});
