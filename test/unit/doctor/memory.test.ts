import { expect, test } from 'vitest';
import { engineMemoryCheck } from '../../../orchestrator/doctor/engine-memory.ts';
import { memoryCheck } from '../../../orchestrator/doctor/memory.ts';
import { contextOf } from '../../support/doctor.ts';

test.each([
  [1500, 'ok', '1.5 GB available'],
  [1499, 'warning', '1.5 GB available; a show takes about 1 GB'],
  [1000, 'warning', '1.0 GB available; a show takes about 1 GB'],
  [999, 'problem', '1.0 GB available; a show takes about 1 GB'],
])('with %d MB available', async (mb, level, found) => {
  expect(await memoryCheck(() => mb * 1024 ** 2).look(contextOf())).toMatchObject({ level, found });
});

test('the memory of this machine can be told', async () => {
  expect((await memoryCheck().look(contextOf())).found).toMatch(/^\d+\.\d GB available/);
});

test.each([
  ['auto', 2000, 'ok', '2.0 GB in all'],
  ['auto', 1200, 'warning', '1.2 GB in all; a show takes about 1 GB; shows play as processes'],
  ['auto', 800, 'warning', '0.8 GB in all; a show takes about 1 GB; shows play as processes'],
  ['containers', 1200, 'problem', '1.2 GB in all; a show takes about 1 GB'],
  ['containers', 800, 'problem', '0.8 GB in all; a show takes about 1 GB'],
] as const)('for %s, an engine with %d MB', async (runtime, memoryMb, level, found) => {
  expect(await engineMemoryCheck().look(contextOf({ runtime, engine: { memoryMb } }))).toMatchObject({ level, found });
});
