import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import { play } from '../../../orchestrator/conductor/play.ts';
import type { JudgeContext } from '../../../orchestrator/expectations/context.ts';
import {
  act,
  expectation,
  fakeBackend,
  fakeStage,
  injection,
  judgeAfter,
  fakeKind,
  kinds,
  of,
  show,
  unhealing,
} from '../../support/fake-stage.ts';

const calm = act('calm', { forMs: 40_000, expectations: [expectation('quiet')] });
const slow = act('slow', { injections: [injection()], expectations: [expectation(), expectation('quiet')] });

function offsets(events: readonly RunEvent[], type: RunEvent['type']): readonly number[] {
  const start = events[0]?.at ?? 0;
  return of(events, type).map((event) => event.at - start);
}

function verdicts(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'expectation' || event.type === 'recovery' ? [`${event.act} ${event.type} ${event.verdict}`] : [],
  );
}

function troubles(events: readonly RunEvent[]): readonly string[] {
  return of(events, 'trouble').map((event) => event.message);
}

describe('a show on the clock', () => {
  it('starts every act at exactly its planned time', async () => {
    const stage = fakeStage();
    const played = await play(show(calm, slow, act('after', { forMs: 10_000 })), stage);
    expect(played).toEqual({ outcome: 'passed', exitCode: 0 });
    expect(offsets(stage.events, 'act-started')).toEqual([0, 40_000, 130_000]);
    expect(of(stage.events, 'act-started').map((event) => event.startJitterMs)).toEqual([0, 0, 0]);
    expect(stage.clock.now() - (stage.events[0]?.at ?? 0)).toBe(140_000);
  });

  it('injects at the planned time, proves, and takes back at the end of the act', async () => {
    const stage = fakeStage();
    await play(show(calm, slow), stage);
    expect(offsets(stage.events, 'fault-injected')).toEqual([45_000]);
    expect(of(stage.events, 'fault-proof')).toMatchObject([
      { act: 'slow', fault: 'slow-wire', on: 'payment->bank', proven: true, evidence: '1 in force' },
    ]);
    expect(offsets(stage.events, 'fault-undone')).toEqual([100_000]);
    expect(of(stage.events, 'fault-undone')).toMatchObject([{ verified: true, evidence: '0 in force' }]);
  });

  it('plays thirty minutes and an interrupt in less than a second, and takes the fault back first', async () => {
    const stage = fakeStage();
    const acts = Array.from({ length: 20 }, (_, index) => ({ ...slow, name: `slow-${index}` }));
    const started = performance.now();
    const playing = play(show(calm, ...acts), stage);
    await stage.clock.sleep(29.5 * 60_000);
    stage.interrupt();
    const played = await playing;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(played).toEqual({ outcome: 'interrupted', exitCode: 130 });
    expect(stage.fault.inForce).toBe(0);
    const cut = of(stage.events, 'expectation').findIndex((event) => event.reason === 'interrupted');
    const undone = stage.events.findLastIndex((event) => event.type === 'fault-undone');
    expect(stage.events.indexOf(of(stage.events, 'expectation')[cut] as RunEvent)).toBeGreaterThan(undone);
    // 1 of the calm act; 2 and a recovery of each other one, whether it was reached or not.
    expect(verdicts(stage.events)).toHaveLength(1 + 20 * 3);
    expect(
      of(stage.events, 'expectation')
        .slice(cut)
        .every((event) => event.verdict === 'unverified'),
    ).toBe(true);
    expect(stage.clock.sleepers).toBe(0);
  });

  it('keeps the planned time of the act after one that was late', async () => {
    const stage = fakeStage();
    stage.fault.on.undo = () => stage.clock.sleep(8_000);
    const quick = { ...slow, healsWithinMs: 5_000 };
    await play(show(calm, quick, act('next', { forMs: 20_000 }), act('last', { forMs: 5_000 })), stage);
    expect(of(stage.events, 'act-started').map((event) => event.startJitterMs)).toEqual([0, 0, 3_000, 0]);
    expect(offsets(stage.events, 'act-started')).toEqual([0, 40_000, 108_000, 125_000]);
  });
});

describe('verdicts', () => {
  it('count from the moment the last fault was in force, against the calm act without its first seconds', async () => {
    const seen: JudgeContext[] = [];
    const stage = fakeStage({ judge: judgeAfter(8_000, seen) });
    const two = act('two', { injections: [injection(), injection({ atMs: 12_000 })], expectations: [expectation()] });
    await play(show(calm, two), stage);
    const start = stage.events[0]?.at ?? 0;
    const expected = seen.find((context) => context.spec.kind === 'latency' && context.since < start + 100_000);
    expect(expected).toMatchObject({
      since: start + 52_000,
      deadline: start + 82_000,
      baseline: { from: start + 5_000, to: start + 40_000 },
    });
    expect(seen[0]).toMatchObject({ since: start + 5_000, deadline: start + 40_000, baseline: undefined });
    const recovery = seen.at(-1);
    expect(recovery).toMatchObject({ since: start + 100_000, deadline: start + 130_000 });
  });

  it('are not-applied when the injection fails, and say why', async () => {
    const stage = fakeStage();
    stage.fault.on.inject = () => Promise.reject(new Error('connection refused'));
    const played = await play(show(calm, slow), stage);
    expect(played.exitCode).toBe(1);
    expect(verdicts(stage.events)).toEqual([
      'calm expectation met',
      'slow expectation not-applied',
      'slow expectation not-applied',
      'slow recovery not-applied',
    ]);
    expect(of(stage.events, 'expectation')[1]?.reason).toBe('the injection failed: connection refused');
    expect(of(stage.events, 'fault-proof')[0]).toMatchObject({
      proven: false,
      evidence: 'the injection failed: connection refused',
    });
    expect(troubles(stage.events)).toEqual([
      'slow-wire on payment->bank is not proven: the injection failed: connection refused',
    ]);
  });

  it('are not-applied when the proof fails, even where the backend shows the anomaly', async () => {
    const stage = fakeStage({ judge: judgeAfter(1_000) });
    stage.fault.on.proof = async () => ({ proven: false, evidence: 'no toxic on the link' });
    await play(show(calm, slow), stage);
    expect(verdicts(stage.events)).toEqual([
      'calm expectation met',
      'slow expectation not-applied',
      'slow expectation not-applied',
      'slow recovery not-applied',
    ]);
    expect(of(stage.events, 'expectation')[1]).toMatchObject({
      reason: 'no toxic on the link',
      evidence: { before: null, now: null },
    });
    expect(offsets(stage.events, 'fault-proof')[0]).toBeGreaterThan(45_000 + 9_000);
    expect(stage.fault.inForce).toBe(0);
  });

  it('wait for a proof that comes later than the anomaly', async () => {
    const stage = fakeStage({ judge: judgeAfter(100) });
    stage.fault.on.proof = async () => ({
      proven: stage.clock.now() >= (stage.fault.injectedAt[0] ?? 0) + 3_000,
      evidence: 'seen',
    });
    const played = await play(show(calm, slow), stage);
    expect(played.outcome).toBe('passed');
    expect(offsets(stage.events, 'expectation')[1]).toBe(48_000);
    expect(of(stage.events, 'expectation')[1]?.timeToVisibleMs).toBe(100);
  });

  it('are not-applied when one of two faults fails', async () => {
    const stage = fakeStage();
    stage.fault.on.inject = async () => {
      if (stage.fault.injectedAt.length > 0) throw new Error('second');
    };
    await play(show(calm, { ...slow, injections: [injection(), injection({ atMs: 6_000 })] }), stage);
    expect(
      of(stage.events, 'expectation')
        .filter((event) => event.act === 'slow')
        .map((event) => event.verdict),
    ).toEqual(['not-applied', 'not-applied']);
    expect(stage.fault.inForce).toBe(0);
  });

  it('fail the show when they are not met', async () => {
    const stage = fakeStage({ judge: judgeAfter((context) => (context.spec.kind === 'latency' ? 60_000 : 0)) });
    const played = await play(show(calm, slow), stage);
    expect(played).toEqual({ outcome: 'failed', exitCode: 1 });
    expect(verdicts(stage.events)).toContain('slow expectation not-met');
    expect(verdicts(stage.events)).toContain('slow recovery unverified');
  });

  it('are unverified where the judge fails or hangs', async () => {
    const broken = judgeAfter(0);
    const stage = fakeStage({
      judge: {
        expectation: (context) =>
          context.spec.kind === 'latency' ? new Promise(() => undefined) : Promise.reject(new Error('defect')),
        recovery: broken.recovery,
      },
    });
    await play(show(slow), stage);
    expect(of(stage.events, 'expectation').map(({ verdict, reason }) => `${verdict}: ${reason}`)).toEqual([
      'unverified: defect',
      'unverified: the verdict took longer than 60000 ms',
    ]);
  });

  it('are owed by every backend', async () => {
    const stage = fakeStage({ backends: [fakeBackend(), fakeBackend({ name: 'second' })] });
    await play(show(calm, slow), stage);
    expect(of(stage.events, 'expectation').filter((event) => event.backend === 'second')).toHaveLength(3);
    expect(of(stage.events, 'recovery')).toHaveLength(2);
  });

  it('make no pass of a show that has none', async () => {
    const stage = fakeStage();
    expect(await play(show(act('calm', { forMs: 1_000 })), stage)).toEqual({ outcome: 'failed', exitCode: 1 });
  });

  it('are judged for what must stay shortly before the faults are taken back', async () => {
    const stage = fakeStage({ judge: judgeAfter(500) });
    await play(show(calm, slow), stage);
    const quiet = of(stage.events, 'expectation').filter((event) => event.kind === 'quiet');
    expect(quiet.map((event) => event.at - (stage.events[0]?.at ?? 0))).toEqual([38_500, 98_500]);
  });

  it('are unverified for the recovery of what never appeared', async () => {
    const base = judgeAfter(0);
    const never = judgeAfter(99_000);
    const stage = fakeStage({ judge: { expectation: never.expectation, recovery: base.recovery } });
    await play(show({ ...slow, expectations: [expectation()] }), stage);
    expect(verdicts(stage.events)).toEqual(['slow expectation not-met', 'slow recovery unverified']);
    expect(of(stage.events, 'recovery')[0]?.reason).toBe('there was nothing to heal');
  });

  it('are no-load for the recovery of what had no load', async () => {
    const base = judgeAfter(0);
    const starved: typeof base = {
      ...base,
      expectation: async (context) => ({ ...(await base.expectation(context)), verdict: 'no-load' }),
    };
    const stage = fakeStage({ judge: starved });
    await play(show({ ...slow, expectations: [expectation()] }), stage);
    expect(verdicts(stage.events)).toEqual(['slow expectation no-load', 'slow recovery no-load']);
  });
});

describe('an act that advances by evidence', () => {
  const evident = { ...slow, advance: 'evidence' } as const;

  it('ends as soon as every verdict is reached, and so does its healing', async () => {
    const stage = fakeStage({
      judge: judgeAfter((context) => (context.kind.timing(context.spec.params) === 'stays' ? 0 : 8_000)),
    });
    await play(show(calm, evident, act('next', { forMs: 1_000 })), stage);
    expect(offsets(stage.events, 'fault-undone')).toEqual([40_000 + 5_000 + 8_000]);
    expect(offsets(stage.events, 'act-started')[2]).toBe(40_000 + 5_000 + 8_000 + 8_000);
  });

  it('ends at its planned end at the latest, when an expectation is given up later than that', async () => {
    const stage = fakeStage({ judge: judgeAfter(99_000) });
    await play(show(calm, { ...evident, forMs: 20_000 }), stage);
    expect(offsets(stage.events, 'fault-undone')).toEqual([60_000]);
    expect(verdicts(stage.events)).not.toContain('slow expectation met');
  });

  it('does not cut the calm act short', async () => {
    const stage = fakeStage({ judge: judgeAfter(0) });
    await play(show({ ...calm, advance: 'evidence', expectations: [expectation()] }, evident), stage);
    expect(offsets(stage.events, 'act-started')[1]).toBe(40_000);
  });
});

describe('an act that advances by cue', () => {
  it('plays until the presenter says so, judges what must stay, and only then takes the faults back', async () => {
    const stage = fakeStage({
      judge: judgeAfter((context) => (context.kind.timing(context.spec.params) === 'stays' ? 1_000 : 8_000)),
    });
    const cues = { next: () => stage.clock.sleep(90_000) };
    const played = await play(show(calm, { ...slow, advance: 'cue' }), { ...stage, cues });
    expect(played.outcome).toBe('passed');
    expect(offsets(stage.events, 'fault-undone')).toEqual([40_000 + 90_000 + 1_000]);
    expect(offsets(stage.events, 'act-ended')[1]).toBe(40_000 + 91_000 + 8_000);
  });

  it('loses its fault at the time to live, whatever the presenter does', async () => {
    const stage = fakeStage();
    const cues = { next: () => stage.clock.sleep(300_000) };
    await play(show(calm, { ...slow, advance: 'cue', injections: [injection({ ttlMs: 120_000 })] }), {
      ...stage,
      cues,
    });
    expect(offsets(stage.events, 'fault-undone')).toEqual([45_000 + 120_000]);
    expect(troubles(stage.events)).toEqual([
      'slow-wire on payment->bank is removed: its time to live of 120000 ms is over',
    ]);
  });
});

describe('taking a fault back', () => {
  it('happens at the end of its own time when it has one', async () => {
    const stage = fakeStage();
    await play(show(calm, { ...slow, injections: [injection({ forMs: 20_000 })] }), stage);
    expect(offsets(stage.events, 'fault-undone')).toEqual([65_000]);
  });

  it('that fails keeps every later act from starting, leaves its verdicts unverified and fails the show', async () => {
    const stage = fakeStage();
    stage.fault.on.undo = () => Promise.reject(new Error('database is gone'));
    const played = await play(show(calm, slow, { ...slow, name: 'later' }), stage);
    expect(played).toEqual({ outcome: 'failed', exitCode: 1 });
    expect(of(stage.events, 'act-started').map((event) => event.act)).toEqual(['calm', 'slow']);
    const later = of(stage.events, 'expectation').filter((event) => event.act === 'later');
    expect(later.map((event) => event.verdict)).toEqual(['unverified', 'unverified']);
    expect(later[0]?.reason).toBe('slow-wire on payment->bank, used in act slow, could not be taken back');
    expect(troubles(stage.events)[0]).toBe('slow-wire on payment->bank could not be undone: database is gone');
    expect(of(stage.events, 'fault-undone').every((event) => !event.verified)).toBe(true);
  });

  it('that fails once is tried again before the next act', async () => {
    const stage = fakeStage();
    let tries = 0;
    stage.fault.on.undo = async () => {
      tries += 1;
      if (tries === 1) throw new Error('busy');
    };
    await play(show(calm, slow, { ...slow, name: 'later' }), stage);
    expect(of(stage.events, 'act-started').map((event) => event.act)).toEqual(['calm', 'slow', 'later']);
    expect(of(stage.events, 'fault-undone').map((event) => event.verified)).toEqual([false, true, true]);
  });

  it('that fails in the last act fails the show, although every verdict is met', async () => {
    const stage = fakeStage();
    stage.fault.on.undone = async () => ({ proven: false, evidence: 'one toxic is left' });
    const played = await play(show(calm, slow), stage);
    expect(new Set(verdicts(stage.events).map((verdict) => verdict.split(' ').at(-1)))).toEqual(new Set(['met']));
    expect(played).toEqual({ outcome: 'failed', exitCode: 1 });
  });

  it('that fails once in the last act is tried again before the show ends', async () => {
    const stage = fakeStage();
    let tries = 0;
    stage.fault.on.undo = async () => {
      tries += 1;
      if (tries === 1) throw new Error('busy');
    };
    expect(await play(show(calm, slow), stage)).toEqual({ outcome: 'passed', exitCode: 0 });
    expect(stage.fault.inForce).toBe(0);
  });

  it('does not wait for ever', async () => {
    const stage = fakeStage();
    stage.fault.on.undo = () => new Promise(() => undefined);
    await play(show(calm, slow), stage);
    expect(troubles(stage.events)[0]).toBe(
      'slow-wire on payment->bank could not be undone: the undo of slow-wire on payment->bank took longer than 10000 ms',
    );
    expect(stage.clock.sleepers).toBe(0);
  });

  it('reaches a fault that comes into force only after the interrupt', async () => {
    const stage = fakeStage();
    stage.fault.on.inject = () => stage.clock.sleep(5_000);
    const playing = play(show(calm, slow), stage);
    await stage.clock.sleep(47_000);
    stage.interrupt();
    await playing;
    expect(stage.fault.injectedAt).toHaveLength(1);
    expect(stage.fault.inForce).toBe(0);
  });
});

describe('a fault that comes into force when nobody waits for it any more', () => {
  it('is taken back all the same', async () => {
    const stage = fakeStage();
    stage.fault.on.inject = () => stage.clock.sleep(60_000);
    const playing = play(show(calm, slow), stage);
    await stage.clock.sleep(47_000);
    stage.interrupt();
    await playing;
    expect(troubles(stage.events)[0]).toContain(
      'the injection of slow-wire on payment->bank took longer than 10000 ms',
    );
    expect(stage.fault.injectedAt).toHaveLength(1);
    expect(stage.fault.inForce).toBe(0);
  });
});

describe('a fault that is not proven', () => {
  it('leaves no show passed, also where no expectation asks about it', async () => {
    const stage = fakeStage();
    stage.fault.on.inject = () => Promise.reject(new Error('connection refused'));
    const played = await play(show(calm, act('slow', { injections: [injection()] })), stage);
    expect(verdicts(stage.events)).toEqual(['calm expectation met']);
    expect(played).toEqual({ outcome: 'failed', exitCode: 1 });
  });
});

describe('the load', () => {
  it('that failed leaves no show passed, whatever its verdicts are', async () => {
    const loads = { enter: () => undefined, requestsSent: () => 1_000, failed: () => true };
    expect(await play(show(calm), fakeStage({ loads }))).toEqual({ outcome: 'failed', exitCode: 1 });
  });

  it('is told of every act as it begins', async () => {
    const acts: string[] = [];
    const stage = fakeStage();
    const enter = (name: string): void => void acts.push(`${name} at ${(stage.clock.now() - start) / 1_000} s`);
    const start = stage.clock.now();
    await play(show(calm, slow), { ...stage, loads: { ...stage.loads, enter } });
    expect(acts).toEqual(['calm at 0 s', 'slow at 40 s']);
  });
});

describe('kinds with nothing to heal', () => {
  it('owe no recovery', async () => {
    const stage = fakeStage({ kinds: { ...kinds, appears: unhealing(fakeKind()) } });
    await play(show(calm, { ...slow, expectations: [expectation('appears')] }), stage);
    expect(of(stage.events, 'recovery')).toEqual([]);
  });
});
