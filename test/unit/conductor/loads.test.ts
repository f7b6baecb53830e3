import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import { createLoads, type LoadWiring } from '../../../orchestrator/conductor/loads.ts';
import { ProblemsError } from '../../../orchestrator/errors.ts';
import type { LoadEnd, LoadRun } from '../../../orchestrator/load/engine.ts';
import type { LoadSpec } from '../../../orchestrator/show/show.ts';
import { summaryOfLoad } from '../../support/fake-run.ts';
import { act, of, show } from '../../support/fake-stage.ts';

const second = { iterations: 20, failed: 0, dropped: 0, p50Ms: 1, p95Ms: 2, vus: 3 };
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Started {
  readonly wiring: LoadWiring;
  readonly ends: (end: LoadEnd) => void;
}

/** Loads whose engine a test plays. */
function ground(load: readonly LoadSpec[], starts: Readonly<Record<string, () => Promise<void>>> = {}) {
  const events: RunEvent[] = [];
  const steps: string[] = [];
  const started: Record<string, Started> = {};
  const interrupt = new AbortController();
  const loads = createLoads({
    show: { ...show(act('calm'), act('bots'), act('after')), load },
    emit: (body) => void events.push({ at: 0, ...body }),
    signal: interrupt.signal,
    async start({ profile }, wiring): Promise<LoadRun> {
      steps.push(`start ${profile}`);
      await starts[profile]?.();
      wiring.signal.throwIfAborted();
      const { promise: ended, resolve: ends } = Promise.withResolvers<LoadEnd>();
      started[profile] = { wiring, ends };
      const stop = async () => {
        steps.push(`stop ${profile}`);
        ends({ code: 0 });
        return summaryOfLoad;
      };
      return { pid: 1, ended, stop };
    },
  });
  const troubles = (): readonly string[] => of(events, 'trouble').map(({ message }) => message);
  return { loads, events, steps, started, troubles, interrupt: () => interrupt.abort() };
}

const shoppers: LoadSpec = { profile: 'shoppers', rate: 20, env: {} };
const bots: LoadSpec = { profile: 'bots', rate: 40, env: {}, from: 'bots', until: 'after' };

describe('the loads of a show', () => {
  it('begin and stop with their acts', async () => {
    const { loads, steps, events, troubles } = ground([shoppers, bots]);
    await loads.begin();
    loads.enter('calm');
    await tick();
    expect(steps).toEqual(['start shoppers']);
    loads.enter('bots');
    await tick();
    expect(steps).toEqual(['start shoppers', 'start bots']);
    loads.enter('after');
    await tick();
    expect(steps).toEqual(['start shoppers', 'start bots', 'stop bots']);
    await loads.stop();
    await loads.stop();
    expect(steps).toEqual(['start shoppers', 'start bots', 'stop bots', 'stop shoppers']);
    expect(events.map((event) => ('profile' in event ? `${event.type} ${event.profile}` : event.type))).toEqual([
      'load-started shoppers',
      'load-started bots',
      'load-ended bots',
      'load-ended shoppers',
    ]);
    expect(of(events, 'load-started')[1]).toMatchObject({ rate: 40 });
    expect({ troubles: troubles(), failed: loads.failed() }).toEqual({ troubles: [], failed: false });
  });

  it('begin before the first act when they are to play from there', async () => {
    const { loads, steps } = ground([{ ...bots, from: 'calm' }]);
    await loads.begin();
    loads.enter('calm');
    expect(steps).toEqual(['start bots']);
  });

  it('are counted together, and their seconds told one by one', async () => {
    const { loads, events, started } = ground([shoppers, bots]);
    await loads.begin();
    loads.enter('bots');
    await tick();
    started['shoppers']?.wiring.onProgress({ ...second, at: 1_000, requests: 100 });
    started['bots']?.wiring.onProgress({ ...second, at: 1_200, requests: 50 });
    expect(loads.requestsSent({ from: 0, to: 2_000 })).toBe(150);
    expect(loads.requestsSent({ from: 0, to: 700 })).toBe(70 + 25);
    expect(of(events, 'load').map(({ profile, progress }) => [profile, progress.requests])).toEqual([
      ['shoppers', 100],
      ['bots', 50],
    ]);
  });

  it('of the same profile are told apart', async () => {
    const { loads, events } = ground([shoppers, { ...shoppers, rate: 5 }]);
    await loads.begin();
    expect(of(events, 'load-started').map(({ profile }) => profile)).toEqual(['shoppers', 'shoppers (2)']);
  });

  it('throw what keeps one from starting at the beginning; those before it can be stopped', async () => {
    const { loads, steps } = ground([shoppers, { ...bots, from: 'calm' }], {
      bots: () => Promise.reject(new Error('no such script')),
    });
    await expect(loads.begin()).rejects.toThrow('no such script');
    await loads.stop();
    expect(steps.at(-1)).toBe('stop shoppers');
  });

  it('that cannot be started later are trouble, and a failure', async () => {
    const at = { file: 'bots.ts', line: 3, col: 1 };
    const problem = new ProblemsError([{ message: 'no such import', at, hint: 'look at its path' }]);
    const { loads, troubles } = ground([shoppers, bots], { bots: () => Promise.reject(problem) });
    await loads.begin();
    loads.enter('bots');
    await tick();
    expect(troubles()).toEqual(['the load bots could not be started: bots.ts:3:1: no such import → look at its path']);
    expect(loads.failed()).toBe(true);
    await loads.stop();
  });

  it('that are still starting when they are to stop are called off', async () => {
    const { loads, steps, events, troubles } = ground([shoppers, bots], { bots: () => tick().then(tick) });
    await loads.begin();
    loads.enter('bots');
    loads.enter('after');
    await tick();
    await loads.stop();
    expect(steps).toEqual(['start shoppers', 'start bots', 'stop shoppers']);
    expect(of(events, 'load-ended')).toHaveLength(1);
    const trouble = 'the load bots had not begun when it was to stop: what was seen was seen without it';
    expect({ troubles: troubles(), failed: loads.failed() }).toEqual({ troubles: [trouble], failed: true });
  });

  it('that are still starting at an interrupt tell nothing', async () => {
    const { loads, interrupt, troubles } = ground([bots], { bots: tick });
    await loads.begin();
    loads.enter('bots');
    interrupt();
    await loads.stop();
    expect({ troubles: troubles(), failed: loads.failed() }).toEqual({ troubles: [], failed: false });
  });
});

/** What is told of a load that ends so. */
const ends = async (end: LoadEnd, spec: Partial<LoadSpec> = {}) => {
  const { loads, events, started, troubles } = ground([{ ...shoppers, ...spec }]);
  await loads.begin();
  started['shoppers']?.ends(end);
  await tick();
  const told = { troubles: troubles(), failed: loads.failed() };
  await loads.stop();
  return { ...told, ended: of(events, 'load-ended').map(({ error }) => error) };
};
/** The trouble of an early end. */
const early = (why: string, before = 'the show'): string => `the load shoppers ended before ${before}: ${why}`;

describe('a load that ends by itself', () => {
  it('is trouble, and no failure when its script is over', async () => {
    const over = { troubles: [early('its script is over')], failed: false, ended: [undefined] };
    expect(await ends({ code: 0 })).toEqual(over);
    expect(await ends({ code: 99 })).toEqual({ ...over, troubles: [early('a threshold of its script was crossed')] });
  });

  it('is as asked for when the show gives it a duration, and it has played so long', async () => {
    const done = { troubles: [], failed: false, ended: [undefined] };
    expect(await ends({ code: 0 }, { durationMs: 1000 })).toEqual(done);
    const soon = [early('its script is over', 'its duration')];
    expect(await ends({ code: 0 }, { durationMs: 60_000 })).toEqual({ ...done, troubles: soon });
  });

  it('has failed with any other code, or an error, which its end tells', async () => {
    expect(await ends({ code: 108 }, { durationMs: 60_000 })).toEqual({
      troubles: [early('exit code 108', 'its duration')],
      failed: true,
      ended: [undefined],
    });
    expect(await ends({ code: 1, error: 'out of memory' })).toEqual({
      troubles: [early('out of memory')],
      failed: true,
      ended: ['out of memory'],
    });
  });

  it('tells nothing after an interrupt', async () => {
    const { loads, started, interrupt, troubles } = ground([shoppers]);
    await loads.begin();
    interrupt();
    started['shoppers']?.ends({ code: 105 });
    await tick();
    expect({ troubles: troubles(), failed: loads.failed() }).toEqual({ troubles: [], failed: false });
  });
});
