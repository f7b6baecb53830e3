import { describe, expect, test } from 'vitest';
import { NoAnswer } from '../../../../orchestrator/backends/http.ts';
import { Pacer } from '../../../../orchestrator/backends/mackerel/pacer.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const tooMany = (retryAfterMs?: number) =>
  new NoAnswer('backend-rate-limited', 'too many', {
    status: 429,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

function setUp(options: { atOnce?: number; maxWaiting?: number; waitMs?: number } = {}) {
  const clock = new FakeClock(0);
  const pacer = new Pacer({
    name: 'mackerel',
    clock,
    everyMs: 1100,
    atOnce: 1,
    maxWaiting: 100,
    waitMs: 60_000,
    ...options,
  });
  const sentAt: number[] = [];
  /** Takes so long; rejects with what is given, at its turns. */
  const ask = (takesMs = 0, failures: (Error | undefined)[] = []): Promise<number> =>
    pacer.paced(async () => {
      sentAt.push(clock.now());
      if (takesMs > 0) await clock.sleep(takesMs);
      const failure = failures.shift();
      if (failure) throw failure;
      return sentAt.length;
    });
  return { clock, pacer, sentAt, ask };
}

test('requests are sent in order, so far apart, however many ask at once', async () => {
  const { ask, sentAt } = setUp();
  expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual([1, 2, 3, 4]);
  expect(sentAt).toEqual([0, 1100, 2200, 3300]);
});

test('a slow answer holds up the next request, and its time counts', async () => {
  const { ask, sentAt } = setUp();
  await Promise.all([ask(3000), ask(500), ask()]);
  expect(sentAt).toEqual([0, 3000, 4100]);
});

test('several at once start as far apart, and no more than that are without an answer', async () => {
  const { ask, sentAt } = setUp({ atOnce: 2 });
  await Promise.all([ask(5000), ask(5000), ask(), ask()]);
  expect(sentAt).toEqual([0, 1100, 5000, 6100]);
});

test('who comes after a pause is not kept waiting', async () => {
  const { ask, clock, sentAt } = setUp();
  await ask();
  await clock.sleep(5000);
  await ask();
  expect(sentAt).toEqual([0, 5000]);
});

describe('after a 429', () => {
  test('the same request comes again after the pause asked for, and the others wait behind it', async () => {
    const { ask, sentAt } = setUp();
    expect(await Promise.all([ask(0, [tooMany(7000)]), ask()])).toEqual([2, 3]);
    expect(sentAt).toEqual([0, 7000, 8100]);
  });

  test('without a pause asked for, it grows', async () => {
    const { ask, sentAt } = setUp();
    await ask(0, [tooMany(), tooMany(), tooMany()]);
    expect(sentAt).toEqual([0, 1100, 3300, 7700]);
  });

  test('it is the answer once it has come five times', async () => {
    const { ask, sentAt } = setUp();
    await expect(
      ask(
        0,
        Array.from({ length: 9 }, () => tooMany()),
      ),
    ).rejects.toThrow('too many');
    expect(sentAt).toHaveLength(5);
  });

  test('a pause asked for while the next one waits for its turn is kept by it', async () => {
    const { ask, sentAt } = setUp({ atOnce: 2 });
    await Promise.all([ask(500, [tooMany(9000)]), ask(), ask()]);
    expect(sentAt).toEqual([0, 9500, 10_600, 11_700]);
  });
});

test('any other failure is the answer of the one who asked', async () => {
  const { ask, sentAt } = setUp();
  const outcomes = await Promise.allSettled([ask(0, [new Error('gone')]), ask()]);
  expect(outcomes).toMatchObject([{ status: 'rejected', reason: { message: 'gone' } }, { value: 2 }]);
  expect(sentAt).toEqual([0, 1100]);
});

test('more than may wait are refused at once', async () => {
  const { ask } = setUp({ maxWaiting: 2 });
  const first = ask(1000);
  await Promise.resolve();
  const waiting = [ask(), ask()];
  await expect(ask()).rejects.toMatchObject({ code: 'backend-rate-limited' });
  expect(await Promise.all([first, ...waiting])).toEqual([1, 2, 3]);
});

test('who waits too long for a turn is told so and not sent', async () => {
  const { ask, sentAt } = setUp({ waitMs: 3000 });
  const outcomes = await Promise.allSettled([ask(2500), ask(2000), ask(), ask()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(outcomes[2]).toMatchObject({ reason: { code: 'backend-slow' } });
  expect(sentAt).toEqual([0, 2500]);
});

test('closed, it answers nobody and leaves nothing behind', async () => {
  const { ask, clock, pacer, sentAt } = setUp();
  const settled = Promise.allSettled([ask(), ask(), ask()]);
  await clock.sleep(500);
  pacer.close();
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(ask()).rejects.toMatchObject({ code: 'backend-cut' });
  expect(sentAt).toEqual([0]);
  expect(clock.sleepers).toBe(0);
});

test('closed while a request is told to wait, it does not send it again', async () => {
  const { ask, clock, pacer, sentAt } = setUp();
  const asked = ask(1000, [tooMany()]);
  const outcome = expect(asked).rejects.toMatchObject({ code: 'backend-cut' });
  await clock.sleep(500);
  pacer.close();
  await outcome;
  expect(sentAt).toEqual([0]);
});
