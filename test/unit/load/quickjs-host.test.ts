import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { quickJsHost } from '../../../orchestrator/load/embedded/quickjs-host.ts';
import { compileScript } from '../../../orchestrator/load/embedded/script.ts';
import type { HostOperations, Vu } from '../../../orchestrator/load/embedded/vu-host.ts';
import { ProblemsError } from '../../../orchestrator/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'quickjs-host-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(script: string): string {
  const file = join(folder, 'main.js');
  writeFileSync(file, script);
  return file;
}

const operations: HostOperations = {
  'test.options': () => ({}),
  'timers.wait': (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20_000))),
  log: () => null,
};

async function users(script: string, count = 1): Promise<Vu[]> {
  const host = await quickJsHost({ script: await compileScript(written(script)), env: {}, wanted: () => true });
  const made = [];
  for (let id = 1; id <= count; id += 1) made.push(await host.create(id, operations));
  return made;
}

const call = (exec: string, data?: unknown) => ({
  exec,
  ...(data !== undefined && { data }),
  vu: { idInTest: 1, idInInstance: 1 },
  iteration: 0,
});

test('users share nothing, not even random numbers', async () => {
  const vus = await users(
    `let n = 0; export default () => {}; export function setup() { n += 1; return [n, Math.random()]; }`,
    2,
  );
  const results: [number, number][] = [];
  for (const vu of vus) results.push((await vu.call(call('setup'))).result as [number, number]);
  expect(results.map(([n]) => n)).toEqual([1, 1]);
  expect(results[0]?.[1]).not.toBe(results[1]?.[1]);
});

test('a call waits for what it has awaited, also between synchronous pauses', async () => {
  const [vu] = await users(`import { sleep } from 'k6'; export default () => {};
    export async function setup() { await null; sleep(0.01); await Promise.resolve(); sleep(0.01); return 'done'; }`);
  expect(await vu?.call(call('setup'))).toEqual({ samples: [], result: 'done' });
});

test('an interrupted call ends whatever the script catches, and the next one plays', async () => {
  const [vu] = await users(`import { sleep } from 'k6'; export default () => {};
    export function setup() { for (;;) { try { sleep(10); } catch {} } } export function next() { return 1; }`);
  setTimeout(() => vu?.interrupt(), 20);
  expect((await vu?.call(call('setup')))?.error).toMatchObject({ name: 'Interrupted' });
  expect((await vu?.call(call('next')))?.result).toBe(1);
});

test('an answer that comes after its call was interrupted is nobody’s: the next call is still answered, and still interrupted', async () => {
  const [vu] = await users(`import { sleep } from 'k6'; export default () => {};
    export function setup() { sleep(0.05); }
    export async function next() { await new Promise((done) => setTimeout(done, 120)); return 'done'; }
    export function last() { sleep(0.05); sleep(10); }`);
  setTimeout(() => vu?.interrupt(), 10);
  await vu?.call(call('setup'));
  expect((await vu?.call(call('next')))?.result).toBe('done');
  setTimeout(() => vu?.interrupt(), 10);
  await vu?.call(call('setup'));
  setTimeout(() => vu?.interrupt(), 100);
  const begun = performance.now();
  expect((await vu?.call(call('last')))?.error).toMatchObject({ name: 'Interrupted' });
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('the data of setup is one object for all iterations of a user', async () => {
  const [vu] = await users(`export default () => {}; export function count(data) { data.n += 1; return data.n; }`);
  const data = { n: 1 };
  const results = [];
  for (let i = 0; i < 2; i += 1) results.push((await vu?.call(call('count', data)))?.result);
  expect(results).toEqual([2, 3]);
});

test('what is thrown is told as it was, and CommonJS scripts play', async () => {
  const [vu] = await users(`exports.default = () => {}; exports.text = () => { throw 'text'; };
    exports.late = async () => { await null; throw new TypeError('late'); };`);
  expect((await vu?.call(call('text')))?.error).toEqual({ name: '', message: 'text', stack: '' });
  expect((await vu?.call(call('late')))?.error).toMatchObject({
    name: 'TypeError',
    message: 'Uncaught (in promise) late',
  });
});

test('modules and files that are not there are refused together, each with its place', async () => {
  const file = written(
    `import browser from 'k6/browser';\nimport { a } from './a.js';\nimport x from 'https://x.y/z.js';`,
  );
  const problems = await compileScript(file).then(
    () => [],
    (error: unknown) => (error instanceof ProblemsError ? error.problems : []),
  );
  expect(problems.map(({ at, message }) => [at?.line, at?.col, message])).toEqual([
    [1, 21, 'the module k6/browser is not played by the embedded engine'],
    [2, 19, `there is no such file: ${join(folder, 'a.js')}`],
    [3, 15, 'https://x.y/z.js is a remote import'],
  ]);
});
