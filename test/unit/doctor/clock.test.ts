import { expect, test } from 'vitest';
import { clockCheck } from '../../../orchestrator/doctor/clock.ts';
import { engineClockCheck } from '../../../orchestrator/doctor/engine-clock.ts';
import { contextOf, docker } from '../../support/doctor.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const now = Date.UTC(2026, 10, 24, 12);

test('a machine knows the time', async () => {
  expect(await clockCheck().look(contextOf({ clock: new FakeClock(now) }))).toEqual({
    level: 'ok',
    found: '2026-11-24T12:00:00.000Z',
  });
});

test.each([0, Date.UTC(2025, 11, 31), Date.UTC(2100, 0)])('at %d a machine has lost the time', async (wrong) => {
  expect(await clockCheck().look(contextOf({ clock: new FakeClock(wrong) }))).toEqual({
    level: 'problem',
    found: `it is not ${new Date(wrong).toISOString()}`,
    remedy: 'sudo timedatectl set-ntp true',
  });
});

/** An engine that takes two seconds for its answer, and reads its clock in the middle. */
function engineAt(offsetMs: number) {
  const clock = new FakeClock(now);
  const info = async () => {
    await clock.sleep(1_000);
    const SystemTime = new Date(clock.now() + offsetMs).toISOString();
    await clock.sleep(1_000);
    return { SystemTime };
  };
  return contextOf({ clock, engine: { docker: docker({ info }) } });
}

test.each([
  [0, 'ok', 'the same as on this machine'],
  [1_900, 'ok', 'the same as on this machine'],
  [-1_900, 'ok', 'the same as on this machine'],
  [5_000, 'problem', "4.0 s ahead of this machine's"],
  [-61_000, 'problem', "60.0 s behind this machine's"],
])('an engine that is %d ms ahead', async (offsetMs, level, found) => {
  expect(await engineClockCheck().look(engineAt(offsetMs))).toMatchObject({ level, found });
});

test('a time that is none is not looked at', async () => {
  const engine = { docker: docker({ info: async () => ({ SystemTime: '' }) }) };
  expect((await engineClockCheck().look(contextOf({ engine }))).level).toBe('not looked at');
});
