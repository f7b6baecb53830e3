import { describe, expect, test } from 'vitest';
import { planOf, simulate } from './fake-players.ts';

const begun = (played: readonly { readonly at: number }[]): number[] => played.map(({ at }) => at);

const atRate = (options: object, gracefulStopMs?: number) =>
  planOf('constant-arrival-rate', { preAllocatedVUs: 1, duration: '1s', ...options }, gracefulStopMs);
const atRates = (options: object) => planOf('ramping-arrival-rate', { preAllocatedVUs: 50, ...options });
const ramp = (options: object, gracefulStopMs?: number) => planOf('ramping-vus', { ...options }, gracefulStopMs);

describe('constant-arrival-rate', () => {
  test('iterations are due at the start plus k divided by the rate, and the one at the very end is played, as in k6', async () => {
    const { played } = await simulate(atRate({ rate: 4 }));
    expect(begun(played)).toEqual([0, 250, 500, 750, 1000]);
  });

  test('an interval is cut to whole nanoseconds, so that three a second are four in the first', async () => {
    const { played } = await simulate(atRate({ rate: 3 }));
    expect(played).toHaveLength(4);
    expect(played.at(-1)?.at).toBeCloseTo(999.999999, 5);
  });

  test('the rate may be given for another unit of time', async () => {
    const { played } = await simulate(atRate({ rate: 30, timeUnit: '1m', duration: '6s' }));
    expect(begun(played)).toEqual([0, 2000, 4000, 6000]);
  });

  test('a late timer shifts no due time and loses no iteration', async () => {
    const { played, dropped } = await simulate(atRate({ rate: 10, duration: '2s', preAllocatedVUs: 30 }), {
      lateMs: 600,
    });
    expect(played.length + dropped).toBe(21);
    expect(dropped).toBe(0);
  });

  test('what is left when a pause ends after the scenario is dropped', async () => {
    const schedule = atRate({ rate: 10, duration: '2s', preAllocatedVUs: 30 });
    const { played, dropped } = await simulate(schedule, { lateMs: 650 });
    // Waits end at 650, 1450 and 2150, when those from 1500 on are overdue.
    expect([played.length, dropped]).toEqual([15, 6]);
  });

  test('who has waited longest plays next', async () => {
    const { played } = await simulate(atRate({ rate: 4, preAllocatedVUs: 3 }));
    expect(played.map(({ user }) => user)).toEqual([0, 1, 2, 0, 1]);
  });

  test('without a free virtual user an iteration is dropped, and a further one is made up to maxVUs, one at a time', async () => {
    const { played, dropped, users, warnings } = await simulate(atRate({ rate: 10, maxVUs: 3 }), {
      takes: () => 5000,
      makingMs: 150,
    });
    // At 0 one begins; 100 is dropped and one is made until 250; 200 dropped; 300 played; 400 dropped and one is made until 550; 600 played.
    expect(begun(played)).toEqual([0, 300, 600]);
    expect({ dropped, users }).toEqual({ dropped: 8, users: 3 });
    expect(warnings).toEqual(['all 3 virtual users are busy; iterations are dropped']);
  });

  test('what outlives the graceful stop is interrupted', async () => {
    const { played, endedAt } = await simulate(atRate({ rate: 1 }, 500), { takes: () => 60_000 });
    expect(played).toEqual([{ user: 0, at: 0, end: 1500, interrupted: true }]);
    expect(endedAt).toBe(1500);
  });

  test('nothing is begun after a stop', async () => {
    const { played } = await simulate(atRate({ rate: 10, duration: '10s' }), { stopAt: 450 });
    expect(begun(played)).toEqual([0, 100, 200, 300, 400]);
  });

  test('maxVUs is preAllocatedVUs unless it is given, and not less', () => {
    expect(atRate({ rate: 1, preAllocatedVUs: 7 }).needs[0]).toEqual({ at: 0, planned: 7, unplanned: 0 });
    expect(atRate({ rate: 1, preAllocatedVUs: 7, maxVUs: 9 }).needs[0]).toEqual({ at: 0, planned: 7, unplanned: 2 });
    expect(() => atRate({ rate: 1, preAllocatedVUs: 7, maxVUs: 3 })).toThrow('scenario test: `maxVUs` is 3');
  });
});

describe('ramping-arrival-rate', () => {
  test('at a constant rate the first is due after one interval, and the last at the end', async () => {
    const { played } = await simulate(atRates({ startRate: 4, stages: [{ duration: '1s', target: 4 }] }));
    expect(begun(played)).toEqual([250, 500, 750, 1000]);
  });

  test('the n-th is due when the area under the rate reaches n', async () => {
    const { played } = await simulate(atRates({ startRate: 0, stages: [{ duration: '2s', target: 8 }] }));
    // rate(t) = 4 t, so 2 t² = n.
    expect(played).toHaveLength(8);
    for (const [index, { at }] of played.entries()) expect(at).toBeCloseTo(1000 * Math.sqrt((index + 1) / 2), 6);
  });

  test('what a stage leaves of an iteration is carried into the next; k6 plays 32 of these 32.5', async () => {
    const stages = [
      { duration: '1s', target: 40 },
      { duration: '500ms', target: 10 },
    ];
    const { played } = await simulate(atRates({ stages }));
    expect(played).toHaveLength(32);
  });

  test('a stage without duration jumps, and a rate of none pauses', async () => {
    const stages = [
      { duration: '1s', target: 0 },
      { duration: '0s', target: 2 },
      { duration: '1s', target: 2 },
    ];
    const { played } = await simulate(atRates({ startRate: 0, stages }));
    expect(begun(played)).toEqual([1500, 2000]);
  });

  test('a ramp down to nothing plays all of its area', async () => {
    const { played } = await simulate(atRates({ startRate: 10, stages: [{ duration: '2s', target: 0 }] }));
    expect(played).toHaveLength(10);
    expect(played.at(-1)?.at).toBeCloseTo(2000, 3);
  });

  test('stages must be there, with a duration and a target each', () => {
    expect(() => atRates({ stages: [] })).toThrow('`stages` is missing or empty');
    expect(() => atRates({ stages: [{ duration: '1s' }] })).toThrow('stage 1 of `stages` is {"duration":"1s"}');
  });
});

describe('constant-vus', () => {
  test('each plays one iteration after the other, and none begins after the duration', async () => {
    const { played } = await simulate(planOf('constant-vus', { vus: 2, duration: '1s' }), { takes: () => 400 });
    expect(begun(played)).toEqual([0, 0, 400, 400, 800, 800]);
    expect(played.every(({ interrupted }) => !interrupted)).toBe(true);
  });

  test('without a graceful stop the last iterations are interrupted', async () => {
    const { played } = await simulate(planOf('constant-vus', { duration: '1s' }, 0), { takes: () => 700 });
    expect(played.map(({ end, interrupted }) => [end, interrupted])).toEqual([
      [700, false],
      [1000, true],
    ]);
  });
});

describe('shared-iterations', () => {
  test('whoever is free plays the next', async () => {
    const { played } = await simulate(planOf('shared-iterations', { vus: 2, iterations: 5 }), {
      takes: (iteration) => (iteration === 0 ? 1000 : 100),
    });
    expect(played.map(({ user }) => user).filter((user) => user === 0)).toHaveLength(1);
    expect(played).toHaveLength(5);
  });

  test('those that maxDuration leaves out are dropped', async () => {
    const schedule = planOf('shared-iterations', { vus: 2, iterations: 10, maxDuration: '1s' });
    const { played, dropped } = await simulate(schedule, { takes: () => 400 });
    expect([played.length, dropped]).toEqual([6, 4]);
  });

  test('there are as many iterations as virtual users at least', () => {
    expect(() => planOf('shared-iterations', { vus: 3, iterations: 2 })).toThrow('`iterations` is 2, less than the 3');
  });
});

describe('per-vu-iterations', () => {
  test('each plays its own number', async () => {
    const { played } = await simulate(planOf('per-vu-iterations', { vus: 2, iterations: 3 }), {
      takes: (iteration) => (iteration === 0 ? 1000 : 100),
    });
    for (const user of [0, 1]) expect(played.filter((one) => one.user === user)).toHaveLength(3);
  });

  test('those that maxDuration leaves out are dropped', async () => {
    const schedule = planOf('per-vu-iterations', { vus: 2, iterations: 10, maxDuration: '1s' });
    const { played, dropped } = await simulate(schedule, { takes: () => 400 });
    expect([played.length, dropped]).toEqual([6, 14]);
  });
});

describe('ramping-vus', () => {
  test('one comes at each step of the ramp', async () => {
    const { played } = await simulate(ramp({ startVUs: 1, stages: [{ duration: '2s', target: 3 }] }), {
      takes: () => 5000,
    });
    expect(begun(played)).toEqual([0, 1000, 2000]);
  });

  test('who is no longer wanted ends its iteration and begins no other', async () => {
    const stages = [
      { duration: '0s', target: 2 },
      { duration: '2s', target: 0 },
    ];
    const { played } = await simulate(ramp({ startVUs: 0, stages }), { takes: () => 300 });
    const last = (user: number) => Math.max(...played.filter((one) => one.user === user).map(({ at }) => at));
    expect(last(1)).toBe(900);
    expect(last(0)).toBe(1800);
    expect(played.every(({ interrupted }) => !interrupted)).toBe(true);
  });

  test('after the graceful ramp-down it is interrupted', async () => {
    const stages = [
      { duration: '0s', target: 2 },
      { duration: '1s', target: 2 },
      { duration: '0s', target: 1 },
      { duration: '5s', target: 1 },
    ];
    const schedule = ramp({ startVUs: 0, stages, gracefulRampDown: '500ms' });
    const { played } = await simulate(schedule, { takes: () => 4000 });
    expect(played.find(({ user }) => user === 1)).toEqual({ user: 1, at: 0, end: 1500, interrupted: true });
    expect(played.filter(({ interrupted }) => interrupted)).toHaveLength(1);
  });

  test('who is wanted again while it still plays goes on', async () => {
    const stages = [
      { duration: '0s', target: 1 },
      { duration: '1s', target: 1 },
      { duration: '0s', target: 0 },
      { duration: '1s', target: 0 },
      { duration: '0s', target: 1 },
      { duration: '1s', target: 1 },
    ];
    const { played, users } = await simulate(ramp({ startVUs: 0, stages }), { takes: () => 2500 });
    expect(users).toBe(1);
    expect(begun(played)).toEqual([0, 2500]);
  });

  test('it is over as soon as nobody is wanted or plays', async () => {
    const stages = [
      { duration: '0s', target: 3 },
      { duration: '1s', target: 3 },
    ];
    const { endedAt } = await simulate(ramp({ startVUs: 0, stages }), { takes: () => 400 });
    expect(endedAt).toBe(1200);
  });
});
