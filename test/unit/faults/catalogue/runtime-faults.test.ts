import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cpuThrottle } from '../../../../orchestrator/faults/catalogue/cpu-throttle.ts';
import { networkLatency } from '../../../../orchestrator/faults/catalogue/network-latency.ts';
import { serviceKilled } from '../../../../orchestrator/faults/catalogue/service-killed.ts';
import { servicePaused } from '../../../../orchestrator/faults/catalogue/service-paused.ts';
import { feltThrough } from '../../../../orchestrator/faults/outage.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { type FakeLevers, fakeLevers, faultContext } from '../../../support/fake-levers.ts';

describe.each([
  ['service-paused', servicePaused],
  ['service-killed', serviceKilled],
])('the targets of %s', (_name, fault) => {
  const { services } = parse(readFileSync(join(import.meta.dirname, '../../../../services/shop.yaml'), 'utf8')) as {
    services: Record<string, { readonly calls: readonly string[] }>;
  };

  test('are services that others call, by the link that proves it', () => {
    for (const target of fault.targets) {
      const [caller = '', callee] = feltThrough[target]?.split('->') ?? [];
      expect(callee).toBe(target);
      expect(services[caller]?.calls).toContain(target);
    }
  });
});

const paused = (fake: FakeLevers) => servicePaused.inject(faultContext(fake, { with: {}, on: 'inventory' }));

describe('service-paused', () => {
  test('is proven by what the system says and a request that gets no answer', async () => {
    const fake = fakeLevers();
    const injected = await paused(fake);
    expect(fake.calls).toEqual(['pause inventory']);
    expect((await injected.proof()).proven).toBe(false);
    fake.roundTripMs = undefined;
    expect(await injected.proof()).toEqual({
      proven: true,
      evidence: 'it is paused; a health request through checkout->inventory failed: no answer within 1000 ms',
    });
    fake.look = { state: 'running', words: 'it is running' };
    expect((await injected.proof()).proven).toBe(false);
  });

  test('is gone when the service runs and answers, which may take it a while', async () => {
    const fake = fakeLevers();
    const injected = await paused(fake);
    expect((await injected.undone()).proven).toBe(false);
    await injected.undo();
    fake.roundTripMs = undefined;
    expect((await injected.undone()).proven).toBe(false);
    fake.roundTripMs = 900;
    expect(await injected.undone()).toEqual({
      proven: true,
      evidence: 'it is running; a health request through checkout->inventory took 900 ms',
    });
  });

  test('resumes only what is paused, however often it is undone', async () => {
    const fake = fakeLevers();
    const injected = await paused(fake);
    await injected.undo();
    await injected.undo();
    expect(fake.calls).toEqual(['pause inventory', 'resume inventory']);
  });
});

const failing = (take: (service: string) => Promise<void>) => async (service: string) => {
  await take(service);
  throw new Error('no answer from the engine');
};

/** A shop whose pause and kill take effect and fail all the same. */
function halfDone(): FakeLevers {
  const fake = fakeLevers();
  const { shop } = fake.levers;
  Object.assign(shop, { pause: failing(shop.pause), kill: failing(shop.kill) });
  return fake;
}

describe('taking a service away that fails', () => {
  test.each([
    [servicePaused, ['pause inventory', 'resume inventory']],
    [serviceKilled, ['kill inventory', 'revive inventory']],
  ])('brings it back before it throws', async (fault, calls) => {
    const fake = halfDone();
    const context = faultContext(fake, { with: {}, on: 'inventory' });
    await expect(fault.inject(context)).rejects.toThrow('no answer from the engine');
    expect(fake.calls).toEqual(calls);
    expect(fake.look.state).toBe('running');
  });

  test('throws why, even when it cannot be brought back', async () => {
    const fake = halfDone();
    fake.failing = 'revive';
    const context = faultContext(fake, { with: {}, on: 'payment' });
    await expect(serviceKilled.inject(context)).rejects.toThrow('no answer from the engine');
    expect(fake.calls).toEqual(['kill payment', 'revive payment']);
  });
});

describe('service-killed', () => {
  test('is proven by a service that is down and whose callers are refused, and gone once it answers again', async () => {
    const fake = fakeLevers();
    const injected = await serviceKilled.inject(faultContext(fake, { with: {}, on: 'payment' }));
    expect((await injected.proof()).proven).toBe(false);
    fake.roundTripMs = undefined;
    expect((await injected.proof()).proven).toBe(true);
    await injected.undo();
    expect((await injected.undone()).proven).toBe(false);
    fake.roundTripMs = 5;
    expect((await injected.undone()).proven).toBe(true);
    expect(fake.calls).toEqual(['kill payment', 'revive payment']);
  });
});

describe('network-latency', () => {
  test('delays one link, by 300 ms unless told otherwise', async () => {
    const fake = fakeLevers();
    const on = networkLatency.targets[0] ?? '';
    const injected = await networkLatency.inject(faultContext(fake, { with: networkLatency.with.parse({}), on }));
    expect(fake.calls).toEqual(['delay storefront->catalog by 300±50 on 1']);
    fake.roundTripMs = 149;
    expect((await injected.proof()).proven).toBe(false);
    fake.roundTripMs = 310;
    expect((await injected.proof()).proven).toBe(true);
    await injected.undo();
    expect((await injected.undone()).proven).toBe(true);
  });
});

const throttled = (
  limitCores: number,
  throttledPeriods: number,
  throttledMs: number,
  used = { usedSeconds: 9, readAt: 0 },
) =>
  ({
    state: 'running',
    words: 'it is running',
    cpu: { limitCores, periods: 100 + throttledPeriods, throttledPeriods, throttledMs, ...used },
  }) as const;

/** In force with a limit of 0.05 cores, after 2 cores and 7 periods held back. */
async function inForce() {
  const fake = fakeLevers();
  const clock = new FakeClock();
  fake.look = throttled(2, 7, 300);
  const context = faultContext(fake, { with: { cores: 0.05 }, on: 'catalog', clock });
  return { fake, clock, injected: await cpuThrottle.inject(context) };
}

describe('cpu-throttle', () => {
  test('is proven by the limit and by periods held back since the injection', async () => {
    const { fake, injected } = await inForce();
    expect(fake.calls).toEqual(['limit catalog to 0.05']);
    fake.look = throttled(0.05, 7, 300);
    expect((await injected.proof()).proven).toBe(false);
    fake.look = throttled(2, 10, 500);
    expect((await injected.proof()).proven).toBe(false);
    fake.look = throttled(0.05, 10, 540);
    expect(await injected.proof()).toEqual({
      proven: true,
      evidence: 'catalog may use 0.05 cores; it was held back in 3 of 3 periods, for 240 ms in all',
    });
  });

  test('is gone with the limit as it was and no period held back for a second', async () => {
    const { fake, clock, injected } = await inForce();
    await injected.undo();
    expect(fake.calls.at(-1)).toBe('limit catalog to what it had');
    fake.look = throttled(2, 10, 540);
    void clock.sleep(500).then(() => (fake.look = throttled(2, 11, 560)));
    expect((await injected.undone()).proven).toBe(false);
    expect((await injected.undone()).proven).toBe(true);
    fake.look = throttled(0.05, 11, 560);
    expect((await injected.undone()).proven).toBe(false);
  });

  test('limits to 85 % of what the service uses on average, unless told otherwise', async () => {
    const fake = fakeLevers();
    const clock = new FakeClock();
    fake.look = throttled(2, 0, 0, { usedSeconds: 40, readAt: 0 });
    // What counts is when the engine has read it, not when it was asked.
    void clock.sleep(1000).then(() => (fake.look = throttled(2, 0, 0, { usedSeconds: 40.6, readAt: 6000 })));
    await cpuThrottle.inject(faultContext(fake, { with: {}, on: 'catalog', clock }));
    expect(fake.calls).toEqual(['limit catalog to 0.085']);
  });

  test('is refused when the service is started anew while its use is measured, and limits nothing', async () => {
    const fake = fakeLevers();
    const clock = new FakeClock();
    fake.look = throttled(2, 0, 0, { usedSeconds: 40, readAt: 0 });
    void clock.sleep(1000).then(() => (fake.look = throttled(2, 0, 0, { usedSeconds: 0.4, readAt: 5000 })));
    const context = faultContext(fake, { with: {}, on: 'catalog', clock });
    await expect(cpuThrottle.inject(context)).rejects.toThrow(
      'catalog was started anew while its CPU use was measured',
    );
    expect(fake.calls).toEqual([]);
  });

  test.each([
    ['at one moment', 5, 5],
    ['at a moment that was never', 5, Date.parse('0001-01-01T00:00:00Z')],
  ])('is refused when its use is read twice %s, and limits nothing', async (_, first, second) => {
    const fake = fakeLevers();
    const clock = new FakeClock();
    fake.look = throttled(2, 0, 0, { usedSeconds: 40, readAt: first });
    void clock.sleep(1000).then(() => (fake.look = throttled(2, 0, 0, { usedSeconds: 41, readAt: second })));
    const context = faultContext(fake, { with: {}, on: 'catalog', clock });
    await expect(cpuThrottle.inject(context)).rejects.toThrow('the CPU use of catalog could not be measured');
    expect(fake.calls).toEqual([]);
  });

  test('lifts a limit that may have been set before it throws', async () => {
    const fake = fakeLevers();
    fake.look = throttled(2, 0, 0);
    fake.failing = 'limit catalog to 0.05';
    const context = faultContext(fake, { with: { cores: 0.05 }, on: 'catalog' });
    await expect(cpuThrottle.inject(context)).rejects.toThrow('limit catalog to 0.05 failed');
    expect(fake.calls).toEqual(['limit catalog to 0.05', 'limit catalog to what it had']);
  });

  test('is refused where nobody knows what the kernel does with the service, and limits nothing', async () => {
    const fake = fakeLevers();
    const context = faultContext(fake, { with: { cores: 0.05 }, on: 'catalog' });
    await expect(cpuThrottle.inject(context)).rejects.toThrow('nothing is known of its CPU limit: it is running');
    expect(fake.calls).toEqual([]);
  });
});
