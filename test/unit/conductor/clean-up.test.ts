import { describe, expect, it } from 'vitest';
import { type CleanUpFailure, createCleanUp } from '../../../orchestrator/conductor/clean-up.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function cleanUpOf(options: { entryMs?: number; totalMs?: number } = {}) {
  const clock = new FakeClock();
  const failures: CleanUpFailure[] = [];
  return {
    clock,
    failures,
    cleanUp: createCleanUp({ clock, onFailure: (failure) => failures.push(failure), ...options }),
  };
}

/** A small generator of numbers in [0, 1), the same for a seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

describe('the clean-up stack', () => {
  it('takes everything back exactly once and in reverse order, whatever fails, hangs or is slow', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomOf(seed);
      const { cleanUp, clock, failures } = cleanUpOf();
      const count = Math.floor(random() * 8);
      const order: number[] = [];
      const bad: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const kind = Math.floor(random() * 5);
        if (kind < 3) bad.unshift(String(index));
        cleanUp.push(String(index), () => {
          order.push(index);
          if (kind === 0) throw new Error('at once');
          if (kind === 1) return clock.sleep(10).then(() => Promise.reject(new Error('later')));
          return kind === 2 ? new Promise(() => undefined) : clock.sleep(kind * 100);
        });
      }
      const returned = await cleanUp.run();
      expect(order, `seed ${seed}`).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index));
      expect(
        returned.map(({ name }) => name),
        `seed ${seed}`,
      ).toEqual(bad);
      expect(failures).toEqual(returned);
      expect(clock.sleepers).toBe(0);
    }
  });

  it('waits for an entry at most its deadline, and says which one was late', async () => {
    const { cleanUp, clock } = cleanUpOf({ entryMs: 3_000 });
    const start = clock.now();
    cleanUp.push('stop the shop', () => new Promise(() => undefined));
    expect(await cleanUp.run()).toEqual([{ name: 'stop the shop', message: 'stop the shop took longer than 3000 ms' }]);
    expect(clock.now() - start).toBe(3_000);
  });

  it('still starts what is left when the time for all is over', async () => {
    const { cleanUp, clock } = cleanUpOf({ entryMs: 3_000, totalMs: 4_000 });
    const start = clock.now();
    let undone = false;
    cleanUp.push('first', () => void (undone = true));
    for (const name of ['second', 'third', 'fourth']) cleanUp.push(name, () => new Promise(() => undefined));
    const failures = await cleanUp.run();
    expect(failures.map(({ name }) => name)).toEqual(['fourth', 'third', 'second']);
    expect(undone).toBe(true);
    expect(clock.now() - start).toBe(3_000 + 1_000 + 500);
  });

  it('runs once for two callers at the same time, and again only for what came later', async () => {
    const { cleanUp } = cleanUpOf();
    const order: string[] = [];
    cleanUp.push('a', () => void order.push('a'));
    await Promise.all([cleanUp.run(), cleanUp.run()]);
    await cleanUp.run();
    expect(order).toEqual(['a']);
    cleanUp.push('b', () => void order.push('b'));
    await cleanUp.run();
    expect(order).toEqual(['a', 'b']);
  });

  it('also takes back what is pushed while it runs', async () => {
    const { cleanUp } = cleanUpOf();
    const order: string[] = [];
    cleanUp.push('a', () => {
      order.push('a');
      cleanUp.push('late', () => void order.push('late'));
    });
    await cleanUp.run();
    expect(order).toEqual(['a', 'late']);
  });
});
