import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoadEngine, LoadProgress } from '../../orchestrator/load/engine.ts';
import { k6ExitCodes } from '../../orchestrator/load/engine.ts';
import { atRate, play, refusalOf, scriptFolder, start } from '../contract/load/scripts.ts';
import { startStubStorefront, type StubStorefront } from './stub-storefront.ts';

/** An engine under the contract. */
export interface LoadSubject {
  readonly engine: LoadEngine;
  /** Whether something of a load is still there, by the process id that its run had. */
  isThere(pid: number | undefined): Promise<boolean>;
}

/** Whether there is a process of that id. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const getCategories =
  'const answer = http.get(`${__ENV.BASE_URL}/api/categories`); check(answer, { ok: (a) => a.status === 200 });';

const sumOf = (seconds: readonly LoadProgress[], count: 'iterations' | 'requests' | 'failed' | 'dropped'): number =>
  seconds.reduce((sum, second) => sum + second[count], 0);

/** No test where an engine does not declare what it is about: CI takes a skipped one for a failure. */
const declared = (capable: boolean) => (capable ? test : (): void => undefined);

/** What every load engine does, whatever plays the script; what one cannot do it does not declare, and is not tested for. */
export function loadContract({ engine, isThere }: LoadSubject): void {
  describe(`the load engine ${engine.name}`, () => {
    const folder = scriptFolder();
    let stub: StubStorefront;
    beforeEach(async () => void (stub = await startStubStorefront()));
    afterEach(() => stub.close());
    afterAll(() => folder.remove());

    const { lateness, latencyFromDue, finishesIterations } = engine.capabilities;
    const written = (name: string, text: string): string => folder.write(`${engine.name}-${name}.ts`, text);
    const baseUrl = (): Record<string, string> => ({ BASE_URL: stub.url });

    test('it says that it can play, and which version it is', async () => {
      expect(await engine.probe()).toMatchObject({ available: true, version: expect.stringMatching(/\d/) as unknown });
    });

    test('starts iterations at exactly the rate it was asked for', async () => {
      const { iterations, requests, dropped, failed, checks, seconds } = await play(
        engine,
        written('rate', atRate(100, getCategories, { seconds: 3, vus: 60, maxVUs: 100 })),
        baseUrl(),
      );
      expect(Math.abs(iterations - 300)).toBeLessThanOrEqual(3);
      expect(stub.seen).toHaveLength(requests);
      expect({ dropped, failed }).toEqual({ dropped: 0, failed: 0 });
      expect(checks).toEqual([{ name: 'ok', passes: iterations, fails: 0 }]);
      expect(sumOf(seconds, 'iterations')).toBe(iterations);
    });

    test('tells once a second what happened in it, and nothing twice', async () => {
      stub.delays.set('all', 20);
      const { iterations, requests, p95Ms, seconds } = await play(
        engine,
        written('progress', atRate(50, getCategories, { seconds: 4, vus: 20, maxVUs: 40 })),
        baseUrl(),
      );
      const whole = seconds.slice(0, 4);
      expect(whole).toHaveLength(4);
      for (const [index, second] of whole.entries()) {
        if (index > 0) expect(Math.abs(second.at - (whole[index - 1]?.at ?? 0) - 1000)).toBeLessThan(150);
        expect(second.iterations + second.dropped).toBeGreaterThan(40);
        expect(second.iterations + second.dropped).toBeLessThan(60);
        expect(second.failed).toBe(0);
        expect(second.p50Ms).toBeGreaterThanOrEqual(19);
        expect(second.p95Ms).toBeGreaterThanOrEqual(second.p50Ms);
      }
      expect(Math.abs((seconds.at(-1)?.at ?? 0) - Date.now())).toBeLessThan(3000);
      expect([sumOf(seconds, 'iterations'), sumOf(seconds, 'requests')]).toEqual([iterations, requests]);
      expect(p95Ms).toBeGreaterThanOrEqual(19);
    });

    declared(lateness)('how late iterations start is told', async () => {
      const busy = 'const begun = Date.now(); while (Date.now() - begun < 200) {}';
      const { lateP99Ms, iterations, dropped } = await play(engine, written('late', atRate(10, busy, { seconds: 1 })));
      // Those that could only have begun after the scenario's end are dropped, and none goes unsaid.
      expect(iterations + dropped).toBeGreaterThanOrEqual(10);
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
      expect(sumOf(seconds, 'dropped')).toBe(dropped);
      const vus = Math.max(...seconds.map((second) => second.vus));
      expect(vus).toBeGreaterThanOrEqual(2);
      expect(vus).toBeLessThanOrEqual(4);
    });

    declared(latencyFromDue)('latency counts from the moment the iteration was due', async () => {
      // The script itself holds every iteration up before its request, as a stalled generator would.
      const script = written('due', atRate(10, `sleep(0.3); ${getCategories}`, { seconds: 1 }));
      const { p95Ms } = await play(engine, script, baseUrl());
      expect(p95Ms).toBeGreaterThanOrEqual(300);
    });

    test('a stop starts no other iterations, and lets those that run finish where the engine can', async () => {
      stub.delays.set('all', 700);
      const { run } = await start(engine, written('stop', atRate(10, getCategories, { seconds: 60 })), baseUrl());
      await sleep(1000);
      const stopped = run.stop();
      await sleep(200);
      const sent = stub.seen.length;
      const summary = await stopped;
      expect(stub.seen).toHaveLength(sent);
      if (finishesIterations) expect(summary.iterations).toBe(sent);
      else expect(summary.iterations).toBeLessThan(sent);
      expect(await run.stop()).toEqual(summary);
      expect((await run.ended).error).toBeUndefined();
      expect(await isThere(run.pid)).toBe(false);
    });

    test('a stop gives up after 5 s on iterations that do not end', async () => {
      stub.delays.set('all', 60_000);
      const { run } = await start(engine, written('hang', atRate(10, getCategories, { seconds: 60 })), baseUrl());
      await sleep(500);
      const begun = performance.now();
      await run.stop();
      if (finishesIterations) expect(performance.now() - begun).toBeGreaterThan(4000);
      expect(performance.now() - begun).toBeLessThan(7500);
      expect(await isThere(run.pid)).toBe(false);
    });

    test('a hard stop ends it at once, also in the middle of a graceful one, and keeps what was measured', async () => {
      const script = written('hard', atRate(20, `${getCategories} if (__ITER > 1) sleep(60);`, { seconds: 60 }));
      const { run } = await start(engine, script, baseUrl());
      await sleep(2500);
      const graceful = run.stop();
      const begun = performance.now();
      const summary = await run.stop('hard');
      expect(performance.now() - begun).toBeLessThan(2000);
      expect(await graceful).toEqual(summary);
      expect(summary.requests).toBeGreaterThan(0);
      expect((await run.ended).error).toBeUndefined();
      expect(await isThere(run.pid)).toBe(false);
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
        atRate(20, 'if (exec.scenario.iterationInTest === 3) {\n    null.here;\n  }\n  ' + getCategories, {
          seconds: 1,
        }),
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

    test('thresholds are in the summary, and a crossed one is k6’s exit code 99', async () => {
      const script = written(
        'thresholds',
        `import http from 'k6/http';
export const options = { iterations: 3, thresholds: { http_reqs: ['count<2'], http_req_failed: ['rate<0.5'] } };
export default () => void http.get(\`\${__ENV.BASE_URL}/api/categories\`);
`,
      );
      const { run } = await start(engine, script, baseUrl());
      expect(await run.ended).toEqual({ code: k6ExitCodes.thresholdsCrossed });
      const { thresholds } = await run.stop();
      expect(thresholds.toSorted((a, b) => (a.metric < b.metric ? -1 : 1))).toEqual([
        { metric: 'http_req_failed', expression: 'rate<0.5', crossed: false },
        { metric: 'http_reqs', expression: 'count<2', crossed: true },
      ]);
    });

    test('a user’s own script from outside plays with its local imports and its data file', async () => {
      const dir = join(folder.dir, `${engine.name} own`);
      mkdirSync(join(dir, 'scripts', 'lib'), { recursive: true });
      mkdirSync(join(dir, 'data'));
      writeFileSync(join(dir, 'data', 'pages.json'), JSON.stringify(['categories', 'products']));
      writeFileSync(
        join(dir, 'scripts', 'lib', 'pages.ts'),
        `import { SharedArray } from 'k6/data';
export const pages: string[] = new SharedArray('pages', () => JSON.parse(open('../../data/pages.json')));
`,
      );
      const script = join(dir, 'scripts', 'own.ts');
      writeFileSync(
        script,
        `import http from 'k6/http';
import { check } from 'k6';
import { pages } from './lib/pages.ts';
export const options = { iterations: 4 };
export default function (): void {
  const page: string = pages[__ITER % pages.length] ?? '';
  http.get(\`\${__ENV.BASE_URL}/api/\${page}\`);
  check(pages, { both: (all) => all.length === 2 });
}
`,
      );
      const { checks } = await play(engine, script, baseUrl());
      expect(checks).toEqual([{ name: 'both', passes: 4, fails: 0 }]);
      expect(stub.seen).toHaveLength(4);
    });

    test.each([
      { name: 'syntax', text: 'export default function () {\n  const a = ;\n}\n', at: /^2:\d+ / },
      {
        name: 'missing',
        text: "\nimport { x } from './nowhere.ts';\nexport default () => x;\n",
        at: /^2:\d+ .*nowhere/,
      },
      { name: 'init', text: 'const nothing = null;\n\nnothing.here;\nexport default () => 1;\n', at: /^3:\d+ .*here/ },
      {
        name: 'executor',
        text: "export const options = {\n  scenarios: { a: { executor: 'nope' } },\n};\nexport default () => 1;\n",
        at: /^2:\d+ .*nope/,
      },
    ])('a script that cannot be played is refused by its place: $name', async ({ name, text, at }) => {
      const refused = await refusalOf(engine, written(`refused-${name}`, text));
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatch(at);
    });

    test('it ends within seconds when its parent is killed', async () => {
      const script = written('orphan', atRate(10, 'while (true) {}', { seconds: 60 }));
      const parent = spawn(process.execPath, ['test/support/load-parent.ts', engine.name, script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = printed.toString() === 'undefined' ? undefined : Number(printed);
      expect(await isThere(pid)).toBe(true);
      parent.kill('SIGKILL');
      const deadline = Date.now() + 15_000;
      while ((await isThere(pid)) && Date.now() < deadline) await sleep(100);
      expect(await isThere(pid)).toBe(false);
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
      expect(await isThere(run.pid)).toBe(false);
    });

    test('a script that never ends to load is given up with the signal', async () => {
      const controller = new AbortController();
      const script = written('endless', 'while (true) {}\nexport default () => 1;\n');
      const starting = start(engine, script, {}, controller.signal);
      setTimeout(() => controller.abort(new Error('given up')), 1500);
      await expect(starting).rejects.toThrow('given up');
    });
  });
}
