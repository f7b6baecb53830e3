import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadEngines } from '../../../orchestrator/load/index.ts';
import { startStubStorefront, type StubStorefront } from '../../support/stub-storefront.ts';
import { atRate, play, scriptFolder, start } from './scripts.ts';

const folder = scriptFolder();
let stub: StubStorefront;
beforeEach(async () => void (stub = await startStubStorefront()));
afterEach(() => stub.close());
afterAll(() => folder.remove());

const getCategories =
  'const answer = http.get(`${__ENV.BASE_URL}/api/categories`); check(answer, { ok: (a) => a.status === 200 });';

const baseUrl = (): Record<string, string> => ({ BASE_URL: stub.url });

describe.each(Object.values(loadEngines))('the load engine $name', (engine) => {
  const written = (name: string, text: string): string => folder.write(`${engine.name}-${name}.ts`, text);

  test('starts iterations at exactly the rate it was asked for', async () => {
    const { iterations, requests, dropped, failed, checks, seconds } = await play(
      engine,
      written('rate', atRate(100, getCategories, { seconds: 3, vus: 30, maxVUs: 60 })),
      baseUrl(),
    );
    expect(Math.abs(iterations - 300)).toBeLessThanOrEqual(3);
    expect(stub.seen).toHaveLength(requests);
    expect({ dropped, failed }).toEqual({ dropped: 0, failed: 0 });
    expect(checks).toEqual([{ name: 'ok', passes: iterations, fails: 0 }]);
    expect(seconds.reduce((sum, second) => sum + second.iterations, 0)).toBe(iterations);
  });

  test('how late iterations start is told', async () => {
    const busy = 'const begun = Date.now(); while (Date.now() - begun < 200) {}';
    const { lateP99Ms, iterations } = await play(engine, written('late', atRate(10, busy, { seconds: 1 })));
    expect(iterations).toBeGreaterThanOrEqual(10);
    expect(lateP99Ms).toBeGreaterThan(500);
  });

  test('the shoppers begin a new sampled trace with every request', async () => {
    const { requests } = await play(engine, `${process.cwd()}/load-profiles/shoppers.ts`, {
      ...baseUrl(),
      RATE: '20',
      DURATION: '2s',
      SEED: '1',
    });
    const headers = stub.seen.map(({ traceparent }) => traceparent);
    expect(requests).toBeGreaterThan(50);
    for (const header of headers) expect(header).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    expect(new Set(headers.map((header) => header?.slice(3, 35))).size).toBe(requests);
  });

  test('iterations for which no virtual user is free are dropped and counted', async () => {
    stub.delays.set('all', 1000);
    const script = written('dropped', atRate(20, getCategories, { seconds: 2, vus: 2, maxVUs: 4 }));
    const { iterations, dropped, seconds } = await play(engine, script, baseUrl());
    expect(iterations + dropped).toBeGreaterThanOrEqual(39);
    expect(iterations).toBeLessThanOrEqual(12);
    expect(Math.max(...seconds.map(({ vus }) => vus))).toBe(4);
  });

  test('latency counts from the moment the iteration was due', async () => {
    // The script itself holds every iteration up before its request, as a stalled generator would.
    const script = written('due', atRate(10, `sleep(0.3); ${getCategories}`, { seconds: 1 }));
    const { p95Ms } = await play(engine, script, baseUrl());
    expect(p95Ms).toBeGreaterThanOrEqual(300);
  });

  test('a stop lets running iterations finish and starts no others', async () => {
    stub.delays.set('all', 700);
    const { run } = await start(engine, written('stop', atRate(10, getCategories, { seconds: 60 })), baseUrl());
    await sleep(1000);
    const stopped = run.stop();
    await sleep(100);
    const sent = stub.seen.length;
    const summary = await stopped;
    expect(stub.seen).toHaveLength(sent);
    expect(summary.iterations).toBe(sent);
    expect(await run.stop()).toEqual(summary);
    expect(await run.ended).toEqual({});
  });

  test('a stop gives up after 5 s on iterations that do not end', async () => {
    stub.delays.set('all', 60_000);
    const { run } = await start(engine, written('hang', atRate(10, getCategories, { seconds: 60 })), baseUrl());
    await sleep(500);
    const begun = performance.now();
    await run.stop();
    expect(performance.now() - begun).toBeGreaterThan(4000);
    expect(performance.now() - begun).toBeLessThan(7500);
    expect(isAlive(run.pid)).toBe(false);
  });

  test('a target that is down means failed requests, not the end of the load', async () => {
    const url = stub.url;
    await stub.close();
    const body =
      'const answer = http.get(__ENV.BASE_URL); check(answer, { refused: (a) => a.status === 0 && a.error_code === 1212 });';
    const { iterations, failed, checks } = await play(engine, written('down', atRate(20, body, { seconds: 1 })), {
      BASE_URL: url,
    });
    expect(iterations).toBeGreaterThanOrEqual(20);
    expect(failed).toBe(iterations);
    expect(checks).toEqual([{ name: 'refused', passes: iterations, fails: 0 }]);
  });

  test('an error in an iteration ends that iteration only, and the log names its place in the script', async () => {
    const script = written(
      'throws',
      atRate(20, 'if (exec.scenario.iterationInTest === 3) {\n    null.here;\n  }\n  ' + getCategories, { seconds: 1 }),
    );
    const { iterations, requests } = await play(engine, script, baseUrl());
    expect(requests).toBe(iterations - 1);
    expect(readFileSync(`${script}.log`, 'utf8')).toContain(`${script}:11:`);
  });

  test('virtual users share nothing but the scenario', async () => {
    const body =
      'count += 1; check(null, { [`iteration ${__ITER} is number ${count - 1} of its user`]: () => __ITER === count - 1 && exec.vu.idInTest === __VU }); sleep(0.2);';
    const { checks, iterations } = await play(
      engine,
      written('isolated', `let count = 0;\n${atRate(20, body, { seconds: 1 })}`),
    );
    expect(checks.every(({ fails }) => fails === 0)).toBe(true);
    expect(checks[0]?.passes).toBeGreaterThan(1);
    expect(iterations).toBeGreaterThanOrEqual(20);
  });

  test('it ends within seconds when its parent is killed', async () => {
    const script = written('orphan', atRate(10, 'while (true) {}', { seconds: 60 }));
    const parent = spawn(process.execPath, ['test/support/load-parent.ts', engine.name, script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while (isAlive(Number(pid)) && Date.now() < deadline) await sleep(100);
    expect(isAlive(Number(pid))).toBe(false);
  });

  test('an aborted run leaves no process behind', async () => {
    const controller = new AbortController();
    const { run } = await start(
      engine,
      written('abort', atRate(10, getCategories, { seconds: 60 })),
      baseUrl(),
      controller.signal,
    );
    controller.abort(new Error('interrupted'));
    await run.ended;
    expect(isAlive(run.pid)).toBe(false);
  });
});

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
