import { describe, expect, it } from 'vitest';
import { ShowrunnerError } from '../../../orchestrator/errors.ts';
import { exitCodes } from '../../../orchestrator/exit-codes.ts';
import type { LoadRun } from '../../../orchestrator/load/engine.ts';
import { summarise } from '../../../orchestrator/reports/summarise.ts';
import type { RunningShop } from '../../../orchestrator/runtime/runtime.ts';
import { type FakeRun, fakeRun, summaryOfLoad } from '../../support/fake-run.ts';
import { of } from '../../support/fake-stage.ts';

describe('a run', () => {
  it('starts everything in order, plays, and stops everything in reverse order', async () => {
    const run = fakeRun();
    const { result } = await run.run();
    expect(result).toEqual({ outcome: 'passed', exitCode: 0, leftovers: [] });
    expect(run.steps).toEqual([
      'tap',
      'backends',
      'flags',
      'shop',
      'levers',
      'load',
      'load stopped',
      'levers closed',
      'shop stopped',
      'flags closed',
      'backend closed',
      'tap closed',
    ]);
    expect(run.events[0]).toMatchObject({
      type: 'run-started',
      id: 'run-1',
      backends: [{ name: 'embedded', version: '1.0.0' }],
    });
    expect(of(run.events, 'run-started')[0]?.acts).toMatchObject([
      { act: 'calm', startMs: 0, forMs: 40_000, healMs: 0 },
      { act: 'slow', startMs: 40_000, forMs: 60_000, healMs: 30_000 },
    ]);
    expect(of(run.events, 'shop-ready')[0]).toMatchObject({ url: 'http://127.0.0.1:40123', afterMs: 4_200 });
    expect(run.events.slice(-3).map(({ type }) => type)).toEqual(['load-ended', 'telemetry', 'run-ended']);
    expect(of(run.events, 'load-ended')[0]).toEqual({
      at: expect.any(Number),
      type: 'load-ended',
      profile: 'shoppers',
      summary: summaryOfLoad,
    });
    expect(of(run.events, 'telemetry')[0]?.backends).toEqual([
      { name: 'embedded', version: '1.0.0', delivered: 900, dropped: 0 },
    ]);
    expect(run.stage.clock.sleepers).toBe(0);
  });

  it('looks at the processes every two seconds', async () => {
    const run = fakeRun();
    await run.run();
    const times = of(run.events, 'footprint').map(({ at }) => at);
    expect(times.length).toBeGreaterThan(60);
    expect(new Set(times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toEqual(new Set([2_000]));
  });

  it('looks at the processes from the moment the shop begins to start, until it has or has not', async () => {
    const seeding = { name: 'postgres', pssMb: 400, cpuSeconds: 1 };
    const run = fakeRun({
      start: {
        shop: async ({ starting }) => {
          starting(async () => [seeding]);
          await run.stage.clock.sleep(1_200);
          throw new Error('no room left');
        },
      },
    });
    await run.run();
    const looks = of(run.events, 'footprint');
    expect(looks.map(({ at }) => at - (looks[0]?.at ?? 0))).toEqual([0, 500, 1_000]);
    expect(looks[0]?.processes).toEqual([seeding]);
    expect(run.stage.clock.sleepers).toBe(0);
  });

  it('judges with the requests that the load engine has reported', async () => {
    const sent: number[] = [];
    const run = fakeRun();
    const { expectation, recovery } = run.performance.judge;
    const judge: typeof run.performance.judge = {
      expectation: async (context) => {
        const verdict = await expectation(context);
        sent.push(context.requestsSent({ from: context.clock.now() - 11_000, to: context.clock.now() - 1_000 }));
        return verdict;
      },
      recovery,
    };
    await fakeRun({ stage: { judge } }).run();
    expect(sent.length).toBe(3);
    for (const requests of sent) expect(requests).toBeCloseTo(970, -2);
  });

  it('ends with exit code 3, and the error, when the shop does not start; what was started is stopped', async () => {
    const problem = new ShowrunnerError('service-died', 'catalog ended with code 1', {
      hint: 'look at logs/catalog.log',
      exitCode: exitCodes.environment,
    });
    const run = fakeRun({ start: { shop: () => Promise.reject(problem) } });
    const { error } = await run.run();
    expect(error).toBe(problem);
    expect(run.steps).toEqual(['tap', 'backends', 'flags', 'flags closed', 'backend closed', 'tap closed']);
    expect(run.events.slice(-3)).toMatchObject([
      { type: 'trouble', message: 'catalog ended with code 1', hint: 'look at logs/catalog.log' },
      { type: 'telemetry' },
      { type: 'run-ended', outcome: 'failed', exitCode: 3 },
    ]);
  });

  it('makes a ShowrunnerError of anything else that is thrown', async () => {
    const run = fakeRun({ start: { load: () => Promise.reject(new TypeError('spawn EACCES')) } });
    const { error } = await run.run();
    expect(error).toMatchObject({ name: 'ShowrunnerError', message: 'spawn EACCES', exitCode: 3 });
    expect(run.steps).toContain('shop stopped');
  });

  it('that is interrupted while the shop starts ends with 130 and throws nothing', async () => {
    const run = fakeRun({
      start: {
        shop: ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('the start was called off'))),
          ),
      },
    });
    const running = run.run();
    await run.stage.clock.sleep(1_000);
    run.stage.interrupt();
    expect(await running).toEqual({
      result: { outcome: 'interrupted', exitCode: 130, leftovers: [] },
      error: undefined,
    });
    expect(of(run.events, 'trouble')).toEqual([]);
    expect(run.steps.at(-1)).toBe('tap closed');
  });

  it('keeps its first reason to stop: an interrupt during the clean-up of a failed start is not the outcome', async () => {
    const run: FakeRun = fakeRun({
      start: {
        levers: () => Promise.reject(new Error('no database')),
        flags: async () => ({ url: '', lever: {} as never, close: async () => run.stage.interrupt() }),
      },
    });
    expect((await run.run()).error).toMatchObject({ message: 'no database', exitCode: 3 });
    expect(run.stage.signal.aborted).toBe(true);
    expect(of(run.events, 'run-ended')).toMatchObject([{ outcome: 'failed', exitCode: 3 }]);
  });

  it('holds the stage open after the show when asked to', async () => {
    const run = fakeRun();
    const held: string[] = [];
    const hold = async (): Promise<void> => void held.push(...run.steps);
    Object.assign(run.performance, { hold });
    await run.run();
    expect(held.at(-1)).toBe('load');
    expect(run.steps.at(-1)).toBe('tap closed');
  });

  it('that is interrupted while it plays stops everything and tells what it has left behind', async () => {
    const run = fakeRun({ shop: { stop: async () => ['/tmp/showrunner-1'] } });
    const running = run.run();
    await run.stage.clock.sleep(60_000);
    run.stage.interrupt();
    const { result } = await running;
    expect(result).toEqual({ outcome: 'interrupted', exitCode: 130, leftovers: ['/tmp/showrunner-1'] });
    expect(run.stage.fault.inForce).toBe(0);
    const types = run.events.map(({ type }) => type);
    expect(types.indexOf('load-ended')).toBeGreaterThan(types.indexOf('fault-undone'));
    expect(of(run.events, 'run-ended')).toMatchObject([
      { outcome: 'interrupted', exitCode: 130, leftovers: ['/tmp/showrunner-1'] },
    ]);
  });

  it('reports a clean-up that fails, and goes on with the others', async () => {
    const run = fakeRun({ shop: { stop: () => Promise.reject(new Error('postgres does not stop')) } });
    const { result } = await run.run();
    expect(result).toEqual({ outcome: 'failed', exitCode: exitCodes.environment, leftovers: ['stop the shop'] });
    expect(of(run.events, 'trouble')).toMatchObject([{ message: 'stop the shop: postgres does not stop' }]);
    expect(run.steps.slice(-3)).toEqual(['flags closed', 'backend closed', 'tap closed']);
  });

  it('has not passed where a part of the shop ended unasked', async () => {
    const crash = { process: 'catalog', exit: 'SIGSEGV', logTail: ['last words'] };
    const run = fakeRun({ shop: { onCrash: (handler) => handler(crash) } });
    expect((await run.run()).result).toEqual({ outcome: 'failed', exitCode: exitCodes.failed, leftovers: [] });
    expect(summarise(run.events).troubles).toEqual(['catalog ended unasked (SIGSEGV)']);
  });

  it('tells of a process that ends unasked, and of a load engine that fails', async () => {
    const crash = { process: 'catalog', exit: 'SIGSEGV', logTail: ['last words'] };
    const load: LoadRun = {
      pid: 1,
      ended: Promise.resolve({ code: 107, error: 'exit code 107' }),
      stop: async () => summaryOfLoad,
    };
    const onCrash: RunningShop['onCrash'] = (handler) => handler(crash);
    const run = fakeRun({ shop: { onCrash }, start: { load: async () => load } });
    await run.run();
    expect(of(run.events, 'crash')).toMatchObject([{ crash }]);
    expect(of(run.events, 'trouble')).toMatchObject([
      { message: 'the load shoppers ended before the show: exit code 107' },
    ]);
    expect(of(run.events, 'load-ended')).toMatchObject([{ profile: 'shoppers', error: 'exit code 107' }]);
    expect(of(run.events, 'run-ended')).toMatchObject([{ outcome: 'failed', exitCode: 1 }]);
  });
});
