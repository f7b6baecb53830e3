import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { cpuOf, usageOf } from '../../../../orchestrator/runtime/containers/statistics.ts';

const told = (memory: object) => {
  const stats = async () => ({
    read: '2026-11-27T08:44:00.123456789Z',
    cpu_stats: { cpu_usage: { total_usage: 2.5e9 } },
    memory_stats: memory,
  });
  return { stats } as unknown as Docker.Container;
};

test.each([
  ['cgroup 2', { anon: 3 * 1024 ** 2, file: 1 }],
  ['cgroup 1', { total_rss: 3 * 1024 ** 2, total_cache: 1 }],
])('%s tells the memory of a container', async (_, stats) => {
  expect(await usageOf(told({ stats }))).toEqual({ memoryMb: 3, cpuSeconds: 2.5 });
});

test.each([{}, { stats: {} }, { stats: { file: 1 } }])(
  'memory that is not told is not taken for none: %j',
  async (memory) => {
    expect(await usageOf(told(memory))).toBeUndefined();
  },
);

test('CPU use is told with the moment at which the engine read it', async () => {
  expect(await cpuOf(told({}))).toEqual({
    usedSeconds: 2.5,
    readAt: Date.parse('2026-11-27T08:44:00.123Z'),
    periods: 0,
    throttledPeriods: 0,
    throttledMs: 0,
  });
});
