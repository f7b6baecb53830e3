import { describe, expect, it } from 'vitest';
import { createLoadMeter } from '../../../orchestrator/conductor/load-meter.ts';
import { createServerMonitor } from '../../../orchestrator/conductor/server-monitor.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const second = { iterations: 0, failed: 0, dropped: 0, p50Ms: 1, p95Ms: 1, vus: 1 };

describe('the load meter', () => {
  it('counts the seconds in a window, and those at its edges by their share', () => {
    const meter = createLoadMeter();
    for (let at = 1_000; at <= 10_000; at += 1_000) meter.add({ ...second, at, requests: 100 });
    expect(meter.requestsSent({ from: 0, to: 10_000 })).toBe(1_000);
    expect(meter.requestsSent({ from: 2_500, to: 4_000 })).toBe(150);
    expect(meter.requestsSent({ from: 9_750, to: 60_000 })).toBe(25);
    expect(meter.requestsSent({ from: 20_000, to: 60_000 })).toBe(0);
  });
});

describe('the server monitor', () => {
  it('shows CPU of the servers alone as a share of all cores over a second or more, their memory, and how many are up', async () => {
    const clock = new FakeClock();
    let cpuSeconds = 0;
    let names = ['catalog', 'postgres', 'load'];
    const footprint = async () => names.map((name) => ({ name, pssMb: 50.3, cpuSeconds }));
    const monitor = createServerMonitor({ clock, footprint, cores: 4, servers: ['catalog', 'postgres'] });
    await monitor.sample();
    await clock.sleep(2_000);
    cpuSeconds = 1;
    await monitor.sample();
    await clock.sleep(10);
    expect(await monitor.now()).toEqual({ kind: 'servers', up: 2, expected: 2, cpuPercent: 25, memoryMb: 101 });
    names = ['postgres'];
    expect(await monitor.now()).toMatchObject({ up: 1, expected: 2, memoryMb: 50 });
  });

  it('does not lose the CPU of the others when a process is replaced by a new release', async () => {
    const clock = new FakeClock();
    let seconds: Record<string, number> = { catalog: 40, postgres: 10 };
    const footprint = async () =>
      Object.entries(seconds).map(([name, cpuSeconds]) => ({ name, pssMb: 50, cpuSeconds }));
    const monitor = createServerMonitor({ clock, footprint, cores: 2, servers: ['catalog', 'postgres'] });
    await monitor.sample();
    await clock.sleep(2_000);
    seconds = { catalog: 1, postgres: 11 };
    expect(await monitor.now()).toMatchObject({ cpuPercent: 50 });
  });

  it('shows nothing where the system has no such figures', async () => {
    const monitor = createServerMonitor({ clock: new FakeClock(), footprint: async () => [], cores: 4, servers: [] });
    expect(await monitor.now()).toBeUndefined();
  });
});
