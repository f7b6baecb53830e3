import { expect, test } from 'vitest';
import { enginePlatformCheck } from '../../../orchestrator/doctor/engine-platform.ts';
import { contextOf } from '../../support/doctor.ts';

const here = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;

test('an engine of this machine’s kind', async () => {
  const context = contextOf({ engine: { os: 'linux', arch: here } });
  expect(await enginePlatformCheck().look(context)).toEqual({ level: 'ok', found: `linux-${here}, as this machine` });
});

test.each([
  ['auto', 'warning'],
  ['containers', 'problem'],
] as const)('an engine of another kind, for %s', async (runtime, level) => {
  const context = contextOf({ engine: { os: 'linux', arch: 'riscv64' }, runtime });
  expect(await enginePlatformCheck().look(context)).toMatchObject({
    level,
    found: expect.stringContaining('the engine runs linux-riscv64') as string,
  });
});
