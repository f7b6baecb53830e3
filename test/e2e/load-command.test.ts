// `showrunner load`: a k6 script alone, on every engine of this machine, as a user calls it from a folder of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCommand, startLoad, visited } from '../support/load-command.ts';
import { checking, everyMetric } from '../support/load-scripts.ts';
import { binaryOf } from '../support/program.ts';
import { folderWith } from '../support/showrunner.ts';

const k6 = binaryOf('k6');

loadCommand('embedded');
if (k6 !== undefined) loadCommand('k6-binary');

test('auto says which engine plays, and why; -q does not', async () => {
  const folder = folderWith({ 'ok.js': checking });
  const loud = await startLoad(folder, ['ok.js']).finished;
  expect(loud.stderr).toMatch(k6 === undefined ? /^showrunner: .*(embedded|k6)/m : /^showrunner: .*k6/m);
  expect((await startLoad(folder, ['-q', 'ok.js']).finished).stderr).not.toContain('showrunner:');
});

test.each([
  ['k6/browser', `import { browser } from 'k6/browser';\nexport default function () { browser.newPage(); }`],
  ['k6/net/grpc', `import grpc from 'k6/net/grpc';\nexport default function () { new grpc.Client(); }`],
  ['https://jslib.k6.io/', `import x from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';\nexport default x;`],
])('the embedded engine refuses %s with its place and another engine', async (name, script) => {
  const folder = folderWith({ 'script.js': script });
  const { code, stdout, stderr } = await startLoad(folder, ['--engine', 'embedded', '-q', 'script.js']).finished;
  expect({ code, stdout }).toEqual({ code: 107, stdout: '' });
  expect(stderr).toMatch(/script\.js:1:\d+: /);
  expect(stderr).toContain(name);
  expect(stderr).toContain('--engine k6-binary');
});

test('the embedded engine refuses options of the environment, which it would ignore', async () => {
  const folder = folderWith({ 'ok.js': checking });
  const args = ['--engine', 'embedded', '-q', 'ok.js'];
  const { code, stderr } = await startLoad(folder, args, { K6_VUS: '50' }).finished;
  expect(code).toBe(104);
  expect(stderr).toContain('K6_VUS');
});

test('a variable without a name is wrong usage', async () => {
  const folder = folderWith({ 'ok.js': checking });
  expect(await startLoad(folder, ['-e', 'A-B=1', 'ok.js']).finished).toMatchObject({ code: 2, stdout: '' });
});

test('a flag of k6 that says what a script says is told where to write it', async () => {
  const folder = folderWith({ 'ok.js': checking });
  const { code, stderr } = await startLoad(folder, ['--vus', '5', 'ok.js']).finished;
  expect(code).toBe(2);
  expect(stderr).toContain('write `vus` into `options` of the script');
});

test('a proxy that the embedded engine does not use is told of', async () => {
  const folder = folderWith({ 'ok.js': checking });
  const env = { HTTPS_PROXY: 'http://127.0.0.1:1' };
  const { stderr } = await startLoad(folder, ['--engine', 'embedded', 'ok.js'], env).finished;
  expect(stderr).toContain('does not use HTTPS_PROXY');
});

test.skipIf(k6 === undefined)('--summary-export has the shape of k6 and its counts', async () => {
  const folder = folderWith({ 'shape.js': everyMetric });
  const exportOf = async (engine: string): Promise<unknown> => {
    const args = [
      '--engine',
      engine,
      '-q',
      '-e',
      `BASE_URL=${visited.url}`,
      '--summary-export',
      `${engine}.json`,
      'shape.js',
    ];
    expect((await startLoad(folder, args).finished).code).toBe(99);
    return JSON.parse(readFileSync(join(folder, `${engine}.json`), 'utf8'));
  };
  expect(withoutTimes(await exportOf('embedded'))).toEqual(withoutTimes(await exportOf('k6-binary')));
});

/** Of a summary export: without what is measured, which no two runs share. */
function withoutTimes(summary: unknown): unknown {
  const timed = /^(http_req_|iteration_duration|group_duration|vus|data_)/;
  const strip = (value: unknown): unknown =>
    typeof value === 'number' ? 'number' : typeof value === 'object' && value !== null ? map(value) : value;
  const map = (value: object): unknown =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strip(inner)]));
  const { metrics, ...others } = summary as { metrics: Record<string, Record<string, unknown>> };
  const shapes = Object.entries(metrics)
    .filter(([name]) => !name.startsWith('vus'))
    .map(([name, values]) => [name, timed.test(name) ? strip(values) : { ...values, rate: 'number' }]);
  return { ...others, metrics: Object.fromEntries(shapes) as unknown };
}
