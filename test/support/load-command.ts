import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checking, endings, ownScript, settingUp, stubborn, tidying, visiting } from './load-scripts.ts';
import { binaryOf } from './program.ts';
import { eventually, type Finished, folderWith, type Running, start, temporaryFolder } from './showrunner.ts';

/** A shop that the scripts visit, there while the tests of one file are; `seen` is what was asked of it since it was emptied. */
export const visited = { url: '', seen: [] as string[] };

function visitedShop(): void {
  const server = createServer((request, response) => {
    visited.seen.push(`${request.method} ${request.url} ${String(request.headers['x-visitor'] ?? '')}`);
    response.setHeader('content-type', 'application/json').end('{"items":[{"name":"tea"}]}');
  });
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    visited.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
}
visitedShop();

/** What `showrunner load` does, whatever engine plays; `isLeft` tells of what an engine has beside processes of this machine. */
export function loadCommand(engine: string, isLeft: () => Promise<boolean> = async () => false): void {
  const play = (folder: string, ...args: readonly string[]): Promise<Finished> =>
    startLoad(folder, ['--engine', engine, ...args]).finished;

  describe(`showrunner load --engine ${engine}`, () => {
    test('a script that passes leaves the summary on stdout, and code 0', async () => {
      const folder = folderWith({ 'ok.js': checking });
      const { code, stdout } = await play(folder, '-q', 'ok.js');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^\n\n {2}█ TOTAL RESULTS \n\n {4}checks_total\.+: 6 /);
      expect(stdout).toContain('    ✓ is a number\n');
      expect(stdout).toMatch(/\n {4}iterations\.+: 3 /);
    });

    test.each(Object.entries(endings))('%s', async (_, { script, code, says, summary }) => {
      const folder = folderWith({ 'script.js': script });
      const finished = await play(folder, '-q', 'script.js');
      expect(finished.code, finished.stderr).toBe(code);
      expect(finished.stderr).toMatch(says);
      expect(finished.stdout.includes('TOTAL RESULTS')).toBe(summary);
    });

    test('variables come from -e and from the environment, and a name alone is empty', async () => {
      const folder = folderWith({
        'env.js': `export default function () { console.log([__ENV.A, __ENV.B, __ENV.C, __ENV.NONE].join('|')); }`,
      });
      const args = ['--engine', engine, '-q', '-e', 'A=1=2', '-e', 'B', 'env.js'];
      const { code, stderr } = await startLoad(folder, args, { A: 'no', B: 'no', C: 'yes' }).finished;
      expect(code).toBe(0);
      // A container has an environment of its own.
      expect(stderr).toContain(engine === 'k6-container' ? '1=2|||' : '1=2||yes|');
    });

    test('handleSummary writes its files, and nothing else is printed', async () => {
      const folder = folderWith({
        'files.js': `${checking}
export function handleSummary(data) {
  return {
    stdout: 'to stdout\\n',
    'checks.txt': String(data.metrics.checks.values.passes),
    'raw.bin': new Uint8Array([0, 200, 10]).buffer,
  };
}`,
      });
      const { code, stdout } = await play(folder, '-q', 'files.js');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'to stdout\n' });
      expect(readFileSync(join(folder, 'checks.txt'), 'utf8')).toBe('6');
      expect([...readFileSync(join(folder, 'raw.bin'))]).toEqual([0, 200, 10]);
    });

    test('--machine-readable writes the newer form of the summary', async () => {
      const folder = folderWith({ 'ok.js': checking });
      expect((await play(folder, '-q', '--machine-readable', 'm.json', 'ok.js')).code).toBe(0);
      const summary: unknown = JSON.parse(readFileSync(join(folder, 'm.json'), 'utf8'));
      expect(summary).toMatchObject({
        version: '1.0.0',
        config: { execution: 'local', script: checking },
        results: {
          checks: {
            metrics: [
              { name: 'checks_total', values: { count: 6 } },
              { name: 'checks_failed' },
              { name: 'checks_succeeded' },
            ],
            results: [
              { name: 'is a number', passes: 3, fails: 0 },
              { name: 'deep', passes: 3, fails: 0 },
            ],
          },
        },
      });
    });

    test("a user's own script, with imports and data of its own, plays from anywhere", async () => {
      visited.seen = [];
      const folder = folderWith({
        'mine/visit.ts': ownScript,
        'mine/lib/shop.ts': `import http from 'k6/http';
export interface Visitor { readonly name: string }
export const visit = (visitor: Visitor) => http.get(\`\${__ENV.BASE_URL}/list\`, { headers: { 'x-visitor': visitor.name } });
`,
        'mine/data/visitors.json': '[{"name":"ada"},{"name":"mei"}]',
        'elsewhere/empty': '',
      });
      const args = ['-q', '-e', `BASE_URL=${visited.url}`, '--summary-export', 'out.json', '../mine/visit.ts'];
      const { code, stdout, stderr } = await play(join(folder, 'elsewhere'), ...args);
      expect(code, stderr).toBe(0);
      expect(visited.seen.toSorted()).toEqual(['GET /list ada', 'GET /list ada', 'GET /list mei', 'GET /list mei']);
      expect(stdout).toContain('✓ sells tea');
      expect(JSON.parse(readFileSync(join(folder, 'elsewhere/out.json'), 'utf8'))).toMatchObject({
        metrics: { http_reqs: { count: 4 }, http_req_failed: { value: 0, thresholds: { 'rate<0.01': false } } },
      });
    });

    test('a script may lie in the folder of temporary files itself', async () => {
      const script = join(tmpdir(), `showrunner-test-${engine}-${process.pid}.js`);
      writeFileSync(script, checking);
      try {
        expect(await play(temporaryFolder('load'), '-q', script)).toMatchObject({ code: 0 });
      } finally {
        rmSync(script);
      }
    });

    test.each([
      ['ends the test with its summary, and leaves nothing', visiting, ''],
      ['waits for a teardown that takes its time, and for the summary', tidying, '/tidied'],
      ['in the middle of setup ends the test with its summary', settingUp, ''],
    ])('the first Ctrl-C %s', async (_, script, askedLast) => {
      const { running, below } = await underWay(engine, script);
      running.process.kill('SIGINT');
      const { code, stdout } = await running.finished;
      expect(code).toBe(105);
      expect(visited.seen.at(-1)).toContain(askedLast);
      expect(stdout).toContain('TOTAL RESULTS');
      await gone(below);
      expect(await isLeft()).toBe(false);
    });

    test('the second Ctrl-C ends it at once', async () => {
      const { running, below } = await underWay(engine, stubborn);
      running.process.kill('SIGINT');
      // Well after the first, or it would be taken for the same.
      await new Promise((resolve) => void setTimeout(resolve, 1000));
      const askedAt = Date.now();
      running.process.kill('SIGINT');
      expect((await running.finished).code).toBe(105);
      expect(Date.now() - askedAt).toBeLessThan(4000);
      await gone(below);
      expect(await isLeft()).toBe(false);
    });

    test('nothing is left when the program is killed', async () => {
      const { running, below } = await underWay(engine);
      running.process.kill('SIGKILL');
      await running.finished;
      await gone(below);
      expect(await isLeft()).toBe(false);
    });

    test.each([
      ['none.js', 'there is no script'],
      ['.', 'is a folder'],
    ])('%s is no script', async (path, says) => {
      const { code, stdout, stderr } = await play(temporaryFolder('load'), path);
      expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
      expect(stderr).toContain(says);
    });
  });
}

export function startLoad(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const k6 = binaryOf('k6');
  const own = { SHOWRUNNER_ENGINE: 'auto', ...(k6 !== undefined && { SHOWRUNNER_K6: k6 }) };
  return start(['load', ...args], { ...own, ...env }, cwd);
}

/** A load that has begun, and the processes that it consists of. */
async function underWay(engine: string, script = visiting): Promise<{ running: Running; below: readonly number[] }> {
  visited.seen = [];
  const folder = folderWith({ 'visiting.js': script });
  const running = startLoad(folder, ['--engine', engine, '-q', '-e', `BASE_URL=${visited.url}`, 'visiting.js']);
  const begun = eventually('the load begins', 30_000, () => (visited.seen.length > 4 ? true : undefined));
  const early = await Promise.race([begun, running.finished]);
  if (early !== true) throw new Error(`it ended with ${early.code}: ${early.stderr}`);
  const below = descendants(running.process.pid ?? 0);
  expect(below.length).toBeGreaterThan(0);
  return { running, below };
}

function descendants(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const children = parents.filter(({ parent }) => parent === pid).map((each) => each.pid);
  return [...children, ...children.flatMap(descendants)];
}

function parentOf(pid: string): number {
  try {
    return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

const gone = (pids: readonly number[]): Promise<true> =>
  eventually(`processes ${pids.join(', ')} are gone`, 10_000, () =>
    pids.some((pid) => existsSync(`/proc/${pid}`)) ? undefined : true,
  );
