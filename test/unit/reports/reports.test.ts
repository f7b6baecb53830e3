import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import { createJournal, readJournal } from '../../../orchestrator/conductor/journal.ts';
import type { Stage } from '../../../orchestrator/conductor/stage.ts';
import { createConsole } from '../../../orchestrator/reports/console.ts';
import { createJunitReport, junitOf } from '../../../orchestrator/reports/junit.ts';
import { replay } from '../../../orchestrator/reports/replay.ts';
import type { ReportOptions } from '../../../orchestrator/reports/report.ts';
import { summarise } from '../../../orchestrator/reports/summarise.ts';
import { createSummaryReport } from '../../../orchestrator/reports/summary.ts';
import { type FakeRunOptions, fakeRun, twoActs } from '../../support/fake-run.ts';
import { act, expectation, fakeKind, injection, judgeAfter, kinds, show } from '../../support/fake-stage.ts';

function screen(isTTY = false, columns = 80) {
  const written: string[] = [];
  return { output: { write: (text: string) => void written.push(text), isTTY, columns }, text: () => written.join('') };
}

function consoleOf(options: Partial<ReportOptions> = {}, tty = false) {
  const { output, text } = screen(tty);
  return {
    text,
    report: createConsole({ stdout: output, runDir: 'runs/run-1', colors: false, quiet: false, ...options }),
  };
}

async function told(run: FakeRunOptions, options: Partial<ReportOptions> = {}): Promise<string> {
  const { report, text } = consoleOf(options);
  await fakeRun({ ...run, listeners: { console: report } }).run();
  return text();
}

/** A judge that gives a verdict of every kind: by the number of the expectation. */
function everyVerdict(): Stage['judge'] {
  const base = judgeAfter(500);
  const given = ['met', 'not-met', 'unverified', 'no-load'] as const;
  let count = 0;
  return {
    recovery: async (context) => ({
      ...(await base.recovery(context))!,
      verdict: 'not-met',
      reason: 'still slow',
      healedMs: null,
    }),
    expectation: async (context) => {
      const verdict = given[count++ % given.length] ?? 'met';
      return { ...(await base.expectation(context)), verdict, reason: `because ${verdict} <&>` };
    },
  };
}

/** With a script of the user's beside the shoppers, from the second act on. */
const withBots = {
  ...twoActs,
  load: [...twoActs.load, { profile: './bots.ts', rate: 40, env: {}, from: 'slow' }],
};

/** An event as it was when a show had one load. */
function withoutProfile(event: RunEvent): RunEvent {
  if (event.type !== 'load' && event.type !== 'load-ended') return event;
  const { profile: _, ...rest } = event;
  return rest;
}

const manyVerdicts = show(
  act('calm', {
    forMs: 20_000,
    expectations: [expectation('quiet'), expectation('quiet'), expectation('quiet'), expectation('quiet')],
  }),
  act('slow', { injections: [injection()], expectations: [expectation()] }),
);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'showrunner-reports-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('the console', () => {
  it('tells a run in English, line by line', async () => {
    const text = await told({});
    expect(text).toContain(
      'runtime process, load engine embedded, backend embedded 1.0.0\n  postgres ready after 420 ms\nshop ready after 4.2 s: http://127.0.0.1:40123\n',
    );
    expect(text).toContain('\n1/2 calm (calm) · 0:40\n');
    expect(text).toContain(
      '  APM follows one request through every service and tells where its time goes. APM follows one\n  request through',
    );
    expect(text).toContain('    catalog  SELECT quantity FROM stock');
    expect(text).toMatch(
      / {2}0:45 {2}fault injected: slow-wire \(payment->bank\)\n {2}0:45 {2}proven at the source: 1 in force\n {2}0:53 {2}✔ met {2}payment POST \/payments p95 >= 3x baseline \(8\.0 s\)\n/u,
    );
    expect(text).toContain('  server monitor: 2 of 2 processes up, CPU ');
    expect(text).toContain('  1:40  fault taken back: slow-wire (payment->bank)\n');
    expect(text).toMatch(
      /\n slow {3}payment POST \/payments p95 >= 3x {3}✔ met +8\.0 s +p95Ms 20 → 812 +✔ met 8\.0 s\n/u,
    );
    expect(text).toContain(
      '\nPASSED · 4 of 4 verdicts met · ready in 4.2 s · 4320 requests, 3 failed, 1 dropped, p95 42 ms\npeak memory 120 MB: postgres 70, catalog 50\n',
    );
    expect(text).toMatch(/summary\.json are in runs\/run-1\n$/u);
    expect(text).not.toContain('\u001B');
  });

  it('speaks Japanese when the run does, or when asked to', async () => {
    const text = await told({}, { language: 'ja' });
    expect(text).toContain('サーバー監視: プロセス 2 個中 2 個が稼働');
    expect(text).toContain('合格 · 判定 4 件中 4 件を確認');
    expect(text).toContain('  postgres の準備完了(420 ms)\n');
    expect(text).toContain('最大メモリ 120 MB: postgres 70, catalog 50\n');
    expect(text).toContain('試験 (test-show)');
  });

  it('words what is expected in Japanese, while it happens and in the table', async () => {
    const latency = fakeKind({ text: () => 'catalog GET /products p95 >= 2x baseline' });
    const text = await told({ stage: { kinds: { ...kinds, latency } } }, { language: 'ja' });
    expect(text).toContain('✔ 確認  catalog GET /products p95 >= 平常時の2倍 (8.0 s)');
    expect(text).toContain('✔ 確認  回復: catalog GET /products p95 >= 平常時の2倍 (8.0 s)');
    expect(text).toMatch(/ slow {3}catalog GET \/products p95 >= 平常 +✔ 確認/u);
    expect(text).not.toContain('baseline');
  });

  it('tells which attribute values set failing requests apart', async () => {
    const top = [{ attribute: 'shop.customer.country', value: 'CH', badShare: 1, goodShare: 0.083 }];
    const part = { kind: 'tendency', service: 'checkout', route: 'POST /orders' } as const;
    const { report, text } = consoleOf();
    report.event({ at: 0, type: 'cue', act: 'slow', parts: [{ ...part, top }] });
    report.event({ at: 0, type: 'cue', act: 'slow', parts: [{ ...part, top: [] }] });
    expect(text()).toBe(
      [
        '  what the failing requests of checkout POST /orders share, and the others do not',
        '    shop.customer.country CH: 100 % of those that fail, 8 % of the others',
        '',
        '  nothing sets the failing requests of checkout POST /orders apart',
        '\n',
      ].join('\n'),
    );
  });

  it('says that the shop is kept up after the show', async () => {
    const run = fakeRun({ listeners: {} });
    const { report, text } = consoleOf();
    Object.assign(run.performance, { hold: async () => undefined });
    await run.run();
    await replay(run.events, report);
    expect(text()).toMatch(/ {2}2:10 {2}the show is over; shop and load stay up until Ctrl-C\n/u);
  });

  it('gives the reason of every verdict that is not met', async () => {
    const text = await told({ show: manyVerdicts, stage: { judge: everyVerdict() } });
    expect(text).toContain('✘ not met  catalog is unchanged\n         because not-met <&>\n');
    expect(text).toContain('? unverified  catalog');
    expect(text).toContain('? no load  catalog');
    expect(text).toContain('✘ not met  recovery of payment POST');
    expect(text).toContain('\nFAILED · 2 of 6 verdicts met');
  });

  it('is quiet when asked to: verdicts with their act, troubles, and the end', async () => {
    const text = await told({ shop: { stop: () => Promise.reject(new Error('postgres hangs')) } }, { quiet: true });
    expect(text.split('\n').slice(0, 5)).toEqual([
      '  0:38  ✔ met  calm: catalog is unchanged',
      '  0:53  ✔ met  slow: payment POST /payments p95 >= 3x baseline (8.0 s)',
      '  1:38  ✔ met  slow: catalog is unchanged',
      '  1:48  ✔ met  slow: recovery of payment POST /payments p95 >= 3x baseline (8.0 s)',
      '  2:10  trouble: stop the shop: postgres hangs',
    ]);
    expect(text).toContain('left behind: stop the shop');
  });

  it('says why a run could not start', async () => {
    const text = await told({ start: { load: () => Promise.reject(new Error('spawn EACCES')) } });
    expect(text).toContain('trouble: spawn EACCES\n');
    expect(text).toContain('\nFAILED · 0 of 0 verdicts met\n');
  });

  it('tells of loads that begin and stop while the show plays, and in the end what each of them sent', async () => {
    const text = await told({ show: withBots });
    expect(text).toContain('\n  0:40  load begins: ./bots.ts, 40/s\n');
    expect(text).toMatch(/\n {2}2:10 {2}load stopped: \.\/bots\.ts\n/u);
    expect(text).not.toContain('load stopped: shoppers');
    expect(text).toContain('8640 requests, 6 failed, 2 dropped, p95 42 ms');
    expect(text).toContain('\n  shoppers: 4320 requests, 3 failed, 1 dropped, p95 42 ms\n');
    expect(text).toContain('\n  ./bots.ts: 4320 requests');
  });

  it('adds the loads up on the live line', async () => {
    const { report, text } = consoleOf({}, true);
    await fakeRun({ show: withBots, listeners: { console: report } }).run();
    expect(text()).toMatch(/calm · 0:20 \(0:20 left\) · 9\d req\/s/u);
    expect(text()).toMatch(/slow · 0:13 \(1:17 left\) · 19\d req\/s, p95 \d+ ms · in force: slow-wire\r/u);
  });

  it('tells a journal from before there were several loads as it did then', async () => {
    const run = fakeRun();
    await run.run();
    const before = run.events.filter(({ type }) => type !== 'load-started').map(withoutProfile);
    const [then, now] = [consoleOf({}, true), consoleOf({}, true)];
    await replay(before, then.report);
    await replay(run.events, now.report);
    expect(then.text()).toBe(now.text());
    expect(JSON.stringify(summarise(before))).toBe(JSON.stringify(summarise(run.events)));
  });

  it('draws a live line on a terminal only, and takes it away at the end', async () => {
    const { report, text } = consoleOf({}, true);
    await fakeRun({ listeners: { console: report } }).run();
    expect(text()).toMatch(/slow · 0:13 \(1:17 left\) · \d+ req\/s, p95 \d+ ms · in force: slow-wire\r/u);
    const end = text().slice(text().lastIndexOf('PASSED'));
    expect(end).not.toContain('\u001B[2K');
    expect(text().split('\u001B[2K').at(-1)).toContain('PASSED');
  });

  it('colours only when told to', async () => {
    expect(await told({}, { colors: true })).toContain('\u001B[32m✔ met\u001B[39m');
  });
});

describe('JUnit', () => {
  it('has a case per expectation, recovery and fault; not-met fails, anything else but met is an error, nothing is skipped', async () => {
    const run = fakeRun({ show: manyVerdicts, stage: { judge: everyVerdict() } });
    await run.run();
    const xml = junitOf(summarise(run.events));
    expect(xml).toContain('<testsuites name="test-show" tests="8" failures="2" errors="2" skipped="0">');
    expect(xml).toContain(
      '<testcase classname="test-show.calm" name="quiet: catalog is unchanged [embedded]" time="0"/>',
    );
    expect(xml).toContain('<failure message="because not-met &lt;&amp;>" type="not-met"/>');
    expect(xml).toContain('type="unverified"/>');
    expect(xml).toContain('type="no-load"/>');
    expect(xml).toContain('name="recovery: payment POST /payments p95 >= 3x baseline [embedded]"');
    expect(xml).toContain('name="in force: slow-wire on payment->bank" time="0"/>');
    expect(xml).toContain('name="taken back: slow-wire on payment->bank"');
  });

  it('has an error for a fault that is not proven, also where nobody asks about it', async () => {
    const run = fakeRun({ show: show(act('slow', { injections: [injection()] })) });
    run.stage.fault.on.inject = () => Promise.reject(new Error('connection refused'));
    await run.run();
    expect(junitOf(summarise(run.events))).toMatch(
      /name="in force: slow-wire on payment->bank" time="0">\s*<error message="[^"]*connection refused" type="not-applied"/u,
    );
  });

  it('fails for a fault that could not be taken back', async () => {
    const run = fakeRun();
    run.stage.fault.on.undo = () => Promise.reject(new Error('no'));
    await run.run();
    expect(junitOf(summarise(run.events))).toMatch(
      /name="taken back: slow-wire on payment->bank" time="0">\s*<failure/u,
    );
  });

  it('is an error for a run without a verdict', async () => {
    const run = fakeRun({ start: { tap: () => Promise.reject(new Error('port 4318 is taken')) } });
    await run.run();
    expect(junitOf(summarise(run.events))).toContain('<error message="port 4318 is taken" type="no-verdict">');
    const silent = fakeRun({ show: show(act('calm', { forMs: 1_000 })) });
    await silent.run();
    expect(junitOf(summarise(silent.events))).toContain(
      '<error message="the show gave no verdict" type="no-verdict"/>',
    );
  });
});

describe('the summary', () => {
  it('has the documented shape', async () => {
    const run = fakeRun();
    await run.run();
    const summary = summarise(run.events);
    expect(Object.keys(summary)).toEqual([
      'schema',
      'run',
      'readyMs',
      'acts',
      'telemetry',
      'load',
      'footprint',
      'leftovers',
      'troubles',
    ]);
    expect(summary).toMatchObject({
      schema: 'showrunner.summary/1',
      run: {
        id: 'run-1',
        show: 'test-show',
        runtime: 'process',
        engine: 'embedded',
        backends: ['embedded'],
        outcome: 'passed',
        exitCode: 0,
      },
      readyMs: 4_200,
      telemetry: {
        received: { spans: 800, metrics: 60, logs: 40 },
        rejected: 0,
        backends: [{ name: 'embedded', version: '1.0.0', delivered: 900, dropped: 0 }],
      },
      load: { requests: 4_320, failed: 3, dropped: 1, p95Ms: 41.6, lateP99Ms: 2.1 },
      footprint: {
        peakPssMb: 120,
        processes: [
          { name: 'catalog', peakPssMb: 50 },
          { name: 'postgres', peakPssMb: 70 },
        ],
      },
      leftovers: [],
    });
    const slow = summary.acts[1];
    expect(slow).toMatchObject({
      act: 'slow',
      startJitterMs: 0,
      startedAt: '2026-01-05T09:00:43.200Z',
      endedAt: '2026-01-05T09:02:13.200Z',
    });
    expect(slow?.faults).toEqual([
      {
        fault: 'slow-wire',
        on: 'payment->bank',
        injectedAt: '2026-01-05T09:00:48.200Z',
        proof: { proven: true, evidence: '1 in force' },
        undoneAt: '2026-01-05T09:01:43.200Z',
        undoVerified: true,
      },
    ]);
    expect(slow?.expectations[0]).toEqual({
      kind: 'latency',
      text: 'payment POST /payments p95 >= 3x baseline',
      backend: 'embedded',
      how: 'native',
      verdict: 'met',
      reason: 'seen',
      timeToVisibleMs: 8_000,
      evidence: { before: { p95Ms: 20 }, now: { p95Ms: 812.4 }, traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'] },
    });
    expect(slow?.recovery).toEqual([
      {
        text: 'payment POST /payments p95 >= 3x baseline',
        backend: 'embedded',
        verdict: 'met',
        reason: 'seen',
        healedMs: 8_000,
      },
    ]);
  });

  it('has each of several loads, and all of them together', async () => {
    const run = fakeRun({ show: withBots });
    await run.run();
    const { load, loads } = summarise(run.events);
    const one = { requests: 4_320, failed: 3, dropped: 1, p95Ms: 41.6, lateP99Ms: 2.1 };
    expect(load).toEqual({ ...one, requests: 8_640, failed: 6, dropped: 2 });
    expect(loads).toEqual([
      { profile: 'shoppers', ...one },
      { profile: './bots.ts', ...one },
    ]);
  });

  it('says null for lateness where the load engine cannot tell it', async () => {
    const run = fakeRun();
    await run.run();
    const events = run.events.map((event) =>
      event.type === 'load-ended' ? { ...event, summary: { ...event.summary, lateP99Ms: undefined } } : event,
    );
    expect(summarise(events).load).toMatchObject({ requests: 4_320, lateP99Ms: null });
  });

  it('tells when a fault was undone, not when that was verified', async () => {
    const run = fakeRun();
    let looks = 0;
    run.stage.fault.on.undone = async () => ({ proven: (looks += 1) > 10, evidence: `${looks} looks` });
    await run.run();
    const undoneAt = '2026-01-05T09:01:43.200Z';
    expect(summarise(run.events).acts[1]?.faults).toMatchObject([{ undoneAt, undoVerified: true }]);
    const verified = run.events.find(({ type }) => type === 'fault-undone');
    expect((verified?.at ?? 0) - Date.parse(undoneAt)).toBe(3_000);
  });

  it('keeps apart two uses of the same fault in an act, even where the first undo is verified late', () => {
    const ids = { act: 'slow', fault: 'slow-wire', on: 'payment->bank' };
    const faults = summarise([
      { at: 1_000, type: 'fault-injected', ...ids },
      { at: 2_000, type: 'fault-proof', ...ids, proven: true, evidence: 'first' },
      { at: 5_000, type: 'fault-injected', ...ids },
      { at: 6_000, type: 'fault-undone', ...ids, undoneAt: 4_000, verified: true, evidence: '' },
      { at: 7_000, type: 'fault-proof', ...ids, proven: false, evidence: 'second' },
      { at: 9_000, type: 'fault-undone', ...ids, undoneAt: 8_000, verified: false, evidence: '' },
    ]).acts[0]?.faults;
    const used = ([injected, undone]: readonly [number, number], proven: boolean, undoVerified: boolean) => ({
      fault: ids.fault,
      on: ids.on,
      injectedAt: new Date(injected).toISOString(),
      proof: { proven, evidence: proven ? 'first' : 'second' },
      undoneAt: new Date(undone).toISOString(),
      undoVerified,
    });
    expect(faults).toEqual([used([1_000, 4_000], true, true), used([5_000, 8_000], false, false)]);
  });

  it('keeps an act that was never played, with its verdicts', async () => {
    const run = fakeRun();
    const running = run.run();
    await run.stage.clock.sleep(20_000);
    run.stage.interrupt();
    await running;
    const summary = summarise(run.events);
    expect(summary.run).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
    expect(summary.acts[1]).toMatchObject({
      act: 'slow',
      startedAt: null,
      endedAt: null,
      startJitterMs: null,
      faults: [],
    });
    expect(summary.acts[1]?.expectations.map(({ verdict, reason }) => `${verdict} ${reason}`)).toEqual([
      'unverified interrupted',
      'unverified interrupted',
    ]);
  });
});

describe('a replay of the journal', () => {
  it('gives the console and the files byte for byte as the run did', async () => {
    for (const [index, judge] of [judgeAfter(1_000), everyVerdict()].entries()) {
      const file = join(dir, `${index}.jsonl`);
      const live = consoleOf();
      const files = { runDir: dir };
      const names = ['junit.xml', 'summary.json'];
      const listeners = {
        console: live.report,
        junit: createJunitReport(files),
        summary: createSummaryReport(files),
        journal: createJournal(file),
      };
      await fakeRun({ show: index === 0 ? twoActs : manyVerdicts, stage: { judge }, listeners }).run();
      const written = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
      await Promise.all(names.map((name) => rm(join(dir, name))));

      const events = await readJournal(file);
      const again = consoleOf();
      await replay(events, again.report);
      await replay(events, createJunitReport(files));
      await replay(events, createSummaryReport(files));
      expect(again.text()).toBe(live.text());
      expect(live.text()).toContain('verdicts met');
      expect(await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))).toEqual(written);
    }
  });
});
