import { describe, expect, test } from 'vitest';
import type { Backend, Window } from '../../../orchestrator/backends/backend.ts';
import type { ExpectationKind, Judgement, Observation } from '../../../orchestrator/expectations/expectation.ts';
import type { JudgeContext } from '../../../orchestrator/expectations/context.ts';
import { judgeExpectation, judgeRecovery } from '../../../orchestrator/expectations/judge.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { expectation, fakeBackend } from '../../support/fake-stage.ts';

const start = Date.UTC(2026, 0, 5, 9, 0, 0);
const calm: Window = { from: start - 60_000, to: start - 20_000 };

interface Asked {
  readonly after: number;
  readonly window: Window;
}

interface Stand {
  readonly clock: FakeClock;
  readonly asked: Asked[];
  readonly context: JudgeContext;
}

type Answer = (window: Window, afterMs: number) => Promise<number> | number;

function isHigh(p95Ms: unknown): Judgement {
  return Number(p95Ms) >= 300
    ? { outcome: 'met', reason: `p95 ${String(p95Ms)}`, mayBePause: true }
    : { outcome: 'not-met', reason: `p95 only ${String(p95Ms)}` };
}

const certain = (value: unknown): Judgement => ({ outcome: isHigh(value).outcome, reason: 'counted' });

const withoutErrors = (_params: unknown, { values }: Observation): Judgement =>
  values['errorPercent'] === 0 ? { outcome: 'met', reason: 'no errors' } : { outcome: 'not-met', reason: 'errors' };

/** Whether a window has a moment in it. */
const paused = (window: Window, at: number) => window.from <= start + at && window.to > start + at;

/** A judge's surroundings in which a backend's answer is one number: `p95Ms`, of 100 requests unless said otherwise. */
function stand(
  answer: Answer,
  over: Partial<JudgeContext> & { kind?: ExpectationKind; requests?: number } = {},
): Stand {
  const clock = new FakeClock(start);
  const asked: Asked[] = [];
  const kind: ExpectationKind = {
    params: expectationParams,
    text: () => 'payment p95 is high',
    targets: () => [{ service: 'payment' }],
    asks: ['endpoints', 'tendency'],
    timing: () => 'appears',
    minRequests: 20,
    async observe(_backend, window): Promise<Observation> {
      // Its thirds are asked for with the calm act (calm.test.ts).
      if (window === calm || window.from >= start) asked.push({ after: clock.now() - start, window });
      const p95Ms = window.from < start ? 20 : await answer(window, clock.now() - start);
      return { requests: over.requests ?? 100, values: { p95Ms }, traceIds: ['t1'] };
    },
    judge: (_params, now, baseline) =>
      baseline || over.baseline === undefined
        ? isHigh(now.values['p95Ms'])
        : { outcome: 'no-baseline', reason: 'nothing to compare with' },
    healed: (_params, now) =>
      isHigh(now.values['p95Ms']).outcome === 'met'
        ? { outcome: 'not-met', reason: 'looked', mayBePause: true }
        : { outcome: 'met', reason: 'looked' },
    ...over.kind,
  };
  const context: JudgeContext = {
    clock,
    signal: new AbortController().signal,
    backend: fakeBackend(),
    spec: expectation('latency'),
    since: start,
    deadline: start + 30_000,
    settled: Promise.resolve(),
    baseline: calm,
    requestsSent: () => 500,
    spansReceived: async () => 500,
    othersHeard: async () => true,
    undelivered: () => ({ dropped: 0, waiting: 0 }),
    ...over,
    kind,
  };
  return { clock, asked, context };
}

const expectationParams = { parse: (given: unknown) => given } as unknown as ExpectationKind['params'];
const isPause = (after: number): boolean => after >= 2_000 && after < 3_000;
const how = (given: Partial<Backend['how']>): Backend => fakeBackend({ how: { ...fakeBackend().how, ...given } });

describe('a backend that shows things late', () => {
  const late = fakeBackend({ pace: { delayMs: 30_000, answerMs: 5_000, everyMs: 2_000 } });

  test('is asked at its own pace for windows that it has, and the delay counts as time-to-visible', async () => {
    const { context, asked } = stand((window) => (window.to >= start + 4_000 ? 812 : 40), {
      backend: late,
      deadline: start + 60_000,
    });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 34_000 });
    expect(asked[1]).toEqual({ after: 32_000, window: { from: start, to: start + 2_000 } });
    expect(asked[2]).toEqual({ after: 34_000, window: { from: start, to: start + 4_000 } });
  });

  test('is asked for a recovery that is long enough ago', async () => {
    const { context, asked } = stand(() => 20, { backend: late, deadline: start + 60_000 });
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'met', healedMs: 38_000 });
    expect(asked.at(-1)?.window).toEqual({ from: start + 1_000, to: start + 6_000 });
  });
});

const nothing = { dropped: 0, waiting: 0 };
const lost = { dropped: 40, waiting: 0, trouble: '503 from http://127.0.0.1:4318' };
const inCalm = ({ from }: Window) => (from < start ? lost : nothing);
const undelivered = ({ from }: Window) => (from < start ? nothing : lost);

describe('what was lost on the way to a backend', () => {
  test('makes what was not seen unverified', async () => {
    const { context } = stand(() => 40, { undelivered });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: '40 records were lost on the way to embedded (503 from http://127.0.0.1:4318); p95 only 40',
    });
  });

  test('takes nothing from an anomaly that was seen', async () => {
    const { context } = stand(() => 812, { undelivered });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', reason: 'p95 812' });
  });

  test('takes an anomaly that it may itself be: there is less of something', async () => {
    const kind = { lossLooksLikeIt: () => true } as unknown as ExpectationKind;
    expect(await judgeExpectation(stand(() => 812, { undelivered, kind }).context)).toMatchObject({
      verdict: 'unverified',
    });
  });

  test('takes one that the backend itself has not shown', async () => {
    const backend = fakeBackend({ judgedBy: 'embedded' });
    expect(await judgeExpectation(stand(() => 812, { undelivered, backend }).context)).toMatchObject({
      verdict: 'unverified',
      judgedBy: 'embedded',
    });
  });

  test('of the calm act leaves nothing to compare with', async () => {
    expect(await judgeExpectation(stand(() => 812, { undelivered: inCalm }).context)).toMatchObject({
      verdict: 'unverified',
    });
  });

  test('makes it unknown whether all is well again, or still', async () => {
    expect(await judgeRecovery(stand(() => 20, { undelivered }).context)).toMatchObject({ verdict: 'unverified' });
    const stays = { timing: () => 'stays' } as unknown as ExpectationKind;
    const { context } = stand(() => 812, { undelivered, kind: stays });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'unverified' });
  });
});

test('whose answers they are is said where the backend itself cannot be asked', async () => {
  const { context } = stand(() => 812, { backend: fakeBackend({ name: 'screen', judgedBy: 'embedded' }) });
  expect(await judgeExpectation(context)).toMatchObject({
    backend: 'screen',
    reason: 'p95 812 (judged by the embedded backend: screen cannot be asked)',
  });
});

describe('an expectation that appears', () => {
  test('is met when two looks a second apart show it, and says when the first of them did', async () => {
    const { context, clock } = stand((_window, after) => (after >= 4_000 ? 812 : 40));
    expect(await judgeExpectation(context)).toEqual({
      kind: 'latency',
      text: 'payment p95 is high',
      backend: 'embedded',
      how: 'computed',
      verdict: 'met',
      reason: 'p95 812',
      timeToVisibleMs: 4_000,
      evidence: { before: { p95Ms: 20 }, now: { p95Ms: 812 }, traceIds: ['t1'] },
    });
    expect(clock.sleepers).toBe(0);
    // A second more of requests, which take 0.8 s to end and may take 2 s to arrive.
    expect(clock.now()).toBe(start + 8_000);
  });

  test('is not met by a single pause, and its time is that of the looks that agree', async () => {
    const { context } = stand((window) => (paused(window, 4_000) || window.to > start + 12_000 ? 812 : 40));
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 13_000 });
    const once = stand((window) => (paused(window, 4_000) ? 812 : 40));
    expect(await judgeExpectation(once.context)).toMatchObject({ verdict: 'not-met', reason: 'p95 only 40' });
    const late = stand((window) => (paused(window, 24_000) ? 812 : 40));
    expect(await judgeExpectation(late.context)).toMatchObject({
      verdict: 'not-met',
      reason: 'p95 812, but not again in what came after',
    });
  });

  test('is met by a few slow requests among quick ones, which are told only when they have ended', async () => {
    const { context } = stand(({ from }, after) => (from < start + after - 2_000 ? 2_000 : 40));
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 2_500 });
  });

  test('is not met where too little came after the first look to tell it from a pause', async () => {
    const { context } = stand(() => 812);
    const kind: ExpectationKind = {
      ...context.kind,
      observe: async (_backend, { from, to }) => ({
        requests: to - from >= 15_000 ? 100 : 19,
        values: { p95Ms: 812 },
        traceIds: [],
      }),
    };
    expect(await judgeExpectation({ ...context, kind, deadline: start + 15_000 })).toMatchObject({
      verdict: 'unverified',
      timeToVisibleMs: null,
    });
  });

  test('takes two looks whatever they show; where no pause can have made it, one window may hold both', async () => {
    const { context } = stand((_window, after) => (isPause(after) || after >= 9_000 ? 812 : 40), {
      kind: {
        judge: (_params: unknown, { values }: Observation) => certain(values['p95Ms']),
      } as unknown as ExpectationKind,
    });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 9_000 });
  });

  test('that shows at the deadline is still confirmed', async () => {
    const { context, clock } = stand((_window, after) => (after >= 30_000 ? 812 : 40));
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 30_000 });
    expect(clock.now()).toBe(start + 34_000);
    const pause = stand((_window, after) => (after === 30_000 ? 812 : 40));
    expect((await judgeExpectation(pause.context)).verdict).toBe('not-met');
  });

  test('is asked twice a second, over whole seconds and the last 15 s at most, and the calm act only once', async () => {
    const { context, asked } = stand(() => 40);
    await judgeExpectation(context);
    const [baseline, ...polls] = asked;
    expect(baseline?.window).toBe(calm);
    expect(polls.map(({ after }) => after)).toEqual(Array.from({ length: 59 }, (_, index) => 500 * (index + 2)));
    expect(polls[0]?.window).toEqual({ from: start, to: start + 1_000 });
    expect(polls.at(-1)?.window).toEqual({ from: start + 15_000, to: start + 30_000 });
  });

  test('that never shows is not met at the deadline, with the last numbers', async () => {
    const { context, clock } = stand(() => 40);
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'not-met',
      reason: 'p95 only 40',
      timeToVisibleMs: null,
      evidence: { now: { p95Ms: 40 } },
    });
    expect(clock.now()).toBe(start + 30_000);
  });

  test('is not judged on a window shorter than its kind asks for', async () => {
    const { context, asked } = stand(() => 812, { kind: { minWindowMs: 5_000 } as ExpectationKind });
    expect((await judgeExpectation(context)).timeToVisibleMs).toBe(5_000);
    expect(asked[1]?.after).toBe(5_000);
    // Nor confirmed by a shorter one.
    expect(asked.at(-1)).toEqual({ after: 13_000, window: { from: start + 5_000, to: start + 10_000 } });
  });

  test('without a usable calm act is unverified at once', async () => {
    const { context, clock } = stand(() => 812, {
      kind: {
        judge: () => ({ outcome: 'no-baseline', reason: 'p95 is not known for the calm act' }),
      } as unknown as ExpectationKind,
    });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'p95 is not known for the calm act',
    });
    expect(clock.now()).toBe(start + 1_000);
  });

  test('is judged without a calm act in the calm act itself', async () => {
    const { context } = stand(() => 812, { baseline: undefined });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', evidence: { before: null } });
  });
});

describe('a backend', () => {
  test('that fails for a while is asked again', async () => {
    const { context } = stand((_window, after) => {
      if (after < 6_000) throw new Error('503');
      return 812;
    });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 6_000 });
  });

  test('that fails to the end leaves it unverified, with its last error', async () => {
    const { context } = stand((_window, after) => Promise.reject(new Error(`503 after ${after}`)));
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'embedded did not answer: 503 after 30000',
      evidence: { before: { p95Ms: 20 }, now: null },
    });
  });

  test('that hangs is given up after 5 s and asked again', async () => {
    const { context, clock } = stand((_window, after) => (after < 2_000 ? new Promise(() => undefined) : 812));
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 6_500 });
    expect(clock.sleepers).toBe(0);
  });

  test('that hangs to the end leaves it unverified, soon after the deadline', async () => {
    const { context, clock } = stand(() => new Promise(() => undefined));
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'unverified' });
    expect(clock.now()).toBeLessThanOrEqual(start + 35_000);
  });

  test('that is asked before the deadline may answer after it', async () => {
    const { context, clock } = stand(async (_window, after) => {
      if (after < 29_000) return 40;
      await clock.sleep(4_000);
      return 812;
    });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met', timeToVisibleMs: 33_000 });
  });

  test('that cannot be asked the question leaves it unverified without polling', async () => {
    const { context, asked } = stand(() => 812, { backend: how({ tendency: 'unsupported' }) });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'embedded did not answer: it cannot be asked for tendency',
    });
    expect(asked).toEqual([]);
  });

  test('that computes every answer itself is native', async () => {
    const { context } = stand(() => 812, { backend: how({ tendency: 'native' }) });
    expect((await judgeExpectation(context)).how).toBe('native');
  });
});

/** What the load sends, in requests/s: in the calm act, and now. */
const atRate = (before: number, now: number) => (window: Window) =>
  ((window.from < start ? before : now) * (window.to - window.from)) / 1000;

describe('less of something', () => {
  const less = { lossLooksLikeIt: () => true } as unknown as ExpectationKind;

  test('is seen where the load goes on and others are heard', async () => {
    const { context } = stand(() => 812, { kind: less, requestsSent: atRate(40, 21) });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'met' });
  });

  test('is no load where the load itself sends less', async () => {
    const { context } = stand(() => 812, { kind: less, requestsSent: atRate(40, 19) });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'no-load',
      reason: 'the load itself sent 19.0 requests/s, 40.0/s in the calm act',
    });
  });

  test('is no load where there is nothing to compare with, and nothing was sent', async () => {
    const { context } = stand(() => 812, { kind: less, baseline: undefined, requestsSent: () => 0 });
    expect(await judgeExpectation(context)).toMatchObject({ verdict: 'no-load' });
  });

  test('is unverified where nobody else was heard of lately', async () => {
    const heard: unknown[] = [];
    const othersHeard = async (service: string, window: Window) => {
      heard.push([service, window.to - window.from]);
      return false;
    };
    const { context } = stand((window) => (window.to >= start + 9_000 ? 812 : 40), { kind: less, othersHeard });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'telemetry is missing: payment is silent, and so is everybody else',
    });
    expect(heard).toEqual([['payment', 6_000]]);
  });

  test('is unverified where it is not known who was heard', async () => {
    const { context } = stand(() => 812, {
      kind: less,
      othersHeard: () => Promise.reject(new Error('store is closed')),
    });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'whether telemetry arrived is not known: store is closed',
    });
  });
});

describe('too few requests', () => {
  const few = { requests: 3 };
  const stats = { service: 'payment', errorCount: 0, avgMs: 1, p95Ms: 2 };
  /** A backend that shows so many requests to the service, and as many queries. */
  const showing = (count: number) =>
    fakeBackend({
      endpoints: async () => [{ ...stats, method: 'POST', route: '/payments', count }],
      queries: async () => [{ ...stats, query: 'SELECT 1', count }],
    });

  test('are no load when the load sent no more', async () => {
    const { context } = stand(() => 812, { ...few, requestsSent: () => 19 });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'no-load',
      reason: 'the load sent 19 requests, 20 are needed',
      evidence: { now: { p95Ms: 812 } },
    });
  });

  test('are unverified when the load sent them and hardly a span of the service arrived', async () => {
    const { context } = stand(() => 812, {
      ...few,
      spansReceived: async (service) => (service === 'payment' ? 1 : 500),
    });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'telemetry of payment is missing (1 spans reached the tap)',
    });
  });

  test('are unverified when the spans arrived and the backend does not show the service', async () => {
    const { context } = stand(() => 812, { ...few, backend: showing(4) });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: '500 spans of payment reached the tap, embedded shows 8 requests and queries',
    });
  });

  test('are unverified when the backend hangs as it is asked what else it shows', async () => {
    const backend = fakeBackend({ endpoints: () => new Promise(() => undefined) });
    const { context } = stand(() => 812, { ...few, backend });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'whether telemetry arrived is not known: no answer within 5000 ms',
    });
  });

  test('are no load when the backend shows the service and the endpoint is hardly used', async () => {
    const { context } = stand(() => 812, { ...few, backend: showing(10) });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'no-load',
      reason: 'embedded has 3 requests, 20 are needed',
    });
  });

  test('are as few as the show says', async () => {
    const { context } = stand(() => 812, { ...few, spec: expectation('latency', { minRequests: 3 }) });
    expect((await judgeExpectation(context)).verdict).toBe('met');
  });

  test('leave it unverified when the tap cannot say whether telemetry arrived', async () => {
    const { context } = stand(() => 812, { ...few, spansReceived: () => Promise.reject(new Error('store is closed')) });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'whether telemetry arrived is not known: store is closed',
    });
  });
});

describe('an expectation that stays', () => {
  const stays = { kind: { timing: () => 'stays' } as unknown as ExpectationKind };

  test('is asked once when the act has settled, over the whole act but the newest 2 s', async () => {
    const { context, asked } = stand(() => 812, stays);
    const settled = context.clock.sleep(20_000);
    expect(await judgeExpectation({ ...context, settled })).toMatchObject({ verdict: 'met', timeToVisibleMs: null });
    expect(asked.map(({ window }) => window)).toEqual([calm, { from: start, to: start + 18_000 }]);
  });

  test('is not met for good when it is not met then', async () => {
    const { context, clock } = stand((_window, after) => (after < 25_000 ? 40 : 812), stays);
    expect((await judgeExpectation({ ...context, settled: clock.sleep(20_000) })).verdict).toBe('not-met');
    expect(clock.now()).toBe(start + 20_000);
  });

  test('is judged at the deadline when the act never settles', async () => {
    const { context, clock } = stand(() => 812, stays);
    expect((await judgeExpectation({ ...context, settled: new Promise(() => undefined) })).verdict).toBe('met');
    expect(clock.now()).toBe(start + 30_000);
  });

  test('waits for the window that its kind asks for', async () => {
    const { context, clock } = stand(() => 812, {
      kind: { timing: () => 'stays', minWindowMs: 10_000 } as unknown as ExpectationKind,
    });
    expect((await judgeExpectation(context)).verdict).toBe('met');
    expect(clock.now()).toBe(start + 10_000);
  });

  test('is unverified in an act that is shorter than that', async () => {
    const { context } = stand(() => 812, {
      kind: { timing: () => 'stays', minWindowMs: 40_000 } as unknown as ExpectationKind,
    });
    expect(await judgeExpectation(context)).toMatchObject({
      verdict: 'unverified',
      reason: 'the time to judge was too short',
    });
  });
});

describe('a recovery', () => {
  test('is met once enough requests after the undo are healthy', async () => {
    const { context } = stand(({ from }) => (from >= start + 1_000 ? 40 : 812));
    expect(await judgeRecovery(context)).toEqual({
      text: 'payment p95 is high',
      backend: 'embedded',
      verdict: 'met',
      reason: 'looked',
      healedMs: 7_000,
    });
  });

  test('is judged on requests that started a second after the undo, and that have arrived', async () => {
    const { context, asked } = stand(() => 812);
    await judgeRecovery(context);
    expect(asked[1]?.window).toEqual({ from: start + 1_000, to: start + 5_000 });
    expect(asked.at(-2)?.window).toEqual({ from: start + 13_000, to: start + 28_000 });
    expect(asked.at(-1)?.window).toEqual({ from: start + 22_000, to: start + 28_000 });
  });

  test('leaves out requests that could not have ended, had they taken as long as those of the anomaly', async () => {
    const { context, asked } = stand(() => 40, { appeared: { values: { p95Ms: 2_900 } } });
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'met', healedMs: 10_000 });
    expect(asked.at(-1)?.window).toEqual({ from: start + 1_000, to: start + 5_000 });
  });

  test('is not held up by stragglers right after the undo', async () => {
    const { context } = stand(({ from }) => (from > start + 4_000 ? 40 : 812));
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'met', healedMs: 13_000 });
  });

  test('is not held up by a pause after the undo: its last six seconds tell it, for four seconds on end', async () => {
    const { context, asked } = stand((window) => (paused(window, 4_000) ? 812 : 40));
    expect(await judgeRecovery(context)).toMatchObject({
      verdict: 'met',
      reason: 'looked in the last 6 s',
      healedMs: 13_000,
    });
    expect(asked.at(-1)?.window).toEqual({ from: start + 9_000, to: start + 15_000 });
  });

  test('is not told by a short quiet between two moments of the anomaly', async () => {
    const { context } = stand((window) => ([4_000, 13_000, 22_000].some((at) => paused(window, at)) ? 812 : 40));
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'not-met', healedMs: null });
  });

  test('is not told by a lucky moment where no pause can have made the anomaly', async () => {
    const { context, asked } = stand(() => 0);
    const observe = async (_backend: Backend, window: Window): Promise<Observation> => {
      asked.push({ after: 0, window });
      return { requests: 100, values: { errorPercent: window.from > start + 4_000 ? 0 : 5 }, traceIds: [] };
    };
    const kind = { ...context.kind, observe, healed: withoutErrors };
    expect(await judgeRecovery({ ...context, kind })).toMatchObject({ verdict: 'met', healedMs: 21_500 });
    for (const { window } of asked.slice(1)) expect(window.from).toBeLessThanOrEqual(start + 5_000);
  });

  test('is not met when the anomaly is still there at the deadline', async () => {
    const { context } = stand(() => 812);
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'not-met', healedMs: null });
  });

  test('without load is no recovery', async () => {
    const { context } = stand(() => 40, { requests: 0, requestsSent: () => 0 });
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'no-load', healedMs: null });
  });

  test('of no requests at all is none, also where the show needs none', async () => {
    const nothingSent = { requests: 0, requestsSent: () => 0, appeared: { values: {} } };
    const { context } = stand(() => 40, { ...nothingSent, spec: { ...expectation('latency'), minRequests: 0 } });
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'no-load', healedMs: null });
  });

  test('that cannot be compared with the calm act is unverified at once', async () => {
    const { context, clock } = stand(() => 40, {
      kind: {
        healed: () => ({ outcome: 'no-baseline', reason: 'p95 is not known for the calm act' }),
      } as unknown as ExpectationKind,
    });
    expect(await judgeRecovery(context)).toMatchObject({ verdict: 'unverified', healedMs: null });
    expect(clock.now()).toBe(start + 7_000);
  });

  test('is not owed by a kind with nothing to heal', async () => {
    const { context } = stand(() => 40);
    const { healed: _, ...kind } = context.kind;
    expect(await judgeRecovery({ ...context, kind })).toBeUndefined();
    expect(await judgeRecovery({ ...context, kind: { ...context.kind, timing: () => 'stays' } })).toBeUndefined();
  });
});

test.each([judgeExpectation, judgeRecovery])(
  'an aborted signal ends %s at once, whatever it waits for',
  async (judge) => {
    const interrupt = new AbortController();
    const { context, clock } = stand(() => new Promise(() => undefined), { signal: interrupt.signal });
    const judged = judge(context);
    void clock.sleep(8_000).then(() => interrupt.abort(new Error('SIGINT')));
    await expect(judged).rejects.toThrow('SIGINT');
    expect(clock.now()).toBe(start + 8_000);
  },
);
