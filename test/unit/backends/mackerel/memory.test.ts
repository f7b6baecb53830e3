import { expect, test } from 'vitest';
import { Memory } from '../../../../orchestrator/backends/mackerel/memory.ts';

const final = { final: () => true };

const fail = (): Promise<number> => Promise.reject(new Error('gone'));

function counting() {
  let asked = 0;
  return { ask: async (): Promise<number> => (asked += 1), asked: () => asked };
}

test('what is final is asked once', async () => {
  const memory = new Memory<number>(10);
  const { ask } = counting();
  expect([await memory.recall('a', ask, final), await memory.recall('a', ask, final)]).toEqual([1, 1]);
  expect(await memory.recall('b', ask, final)).toBe(2);
});

test('what is not final is shared while it is being asked, and asked again afterwards', async () => {
  const memory = new Memory<number>(10);
  const { ask } = counting();
  const changing = { final: () => false };
  const both = [memory.recall('a', ask, changing), memory.recall('a', ask, changing)];
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(await memory.recall('a', ask, changing)).toBe(2);
});

test('what is not good any more is asked again', async () => {
  const memory = new Memory<number>(10);
  const { ask } = counting();
  await memory.recall('a', ask, final);
  expect(await memory.recall('a', ask, { ...final, good: (answer) => answer > 1 })).toBe(2);
  expect(await memory.recall('a', ask, final)).toBe(2);
});

test('a failure is everybody’s who waits for it, and is not kept', async () => {
  const memory = new Memory<number>(10);
  const outcomes = await Promise.allSettled([memory.recall('a', fail, final), memory.recall('a', fail, final)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await memory.recall('a', async () => 3, final)).toBe(3);
});

test('what was not used for longest is forgotten', async () => {
  const memory = new Memory<number>(2);
  const { ask } = counting();
  await memory.recall('a', ask, final);
  await memory.recall('b', ask, final);
  await memory.recall('a', ask, final);
  await memory.recall('c', ask, final);
  expect([await memory.recall('a', ask, final), await memory.recall('b', ask, final)]).toEqual([1, 4]);
});
