import { expect, test } from 'vitest';
import { cgroupCheck } from '../../../orchestrator/doctor/cgroup.ts';
import type { Engine } from '../../../orchestrator/runtime/containers/engine.ts';
import { contextOf } from '../../support/doctor.ts';

const look = (engine: Partial<Engine>) => cgroupCheck().look(contextOf({ engine }));

test('an engine that limits CPU and memory', async () => {
  expect(await look({ cgroupVersion: '1' })).toEqual({ level: 'ok', found: 'version 1, limits CPU and memory' });
});

test.each([
  [
    { cgroupVersion: '2', rootless: true, limits: { cpu: false, memory: true } },
    'version 2, cannot limit CPU; shows play as processes',
    'Delegate=cpu cpuset io memory pids',
  ],
  [
    { cgroupVersion: '1', rootless: true, limits: { cpu: false, memory: false } },
    'version 1, cannot limit CPU and memory; shows play as processes',
    'systemd.unified_cgroup_hierarchy=1',
  ],
  [
    { cgroupVersion: '2', limits: { cpu: false, memory: true } },
    'version 2, cannot limit CPU; shows play as processes',
    'CONFIG_CFS_BANDWIDTH',
  ],
  [
    { cgroupVersion: '1', limits: { cpu: true, memory: false } },
    'version 1, cannot limit memory; shows play as processes',
    'cgroup_enable=memory',
  ],
] as const)('%o cannot limit everything', async (engine, found, remedy) => {
  expect(await look(engine)).toEqual({ level: 'warning', found, remedy: expect.stringContaining(remedy) });
});
