import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { embeddedEngine } from '../../../orchestrator/load/embedded/engine.ts';
import { startStubStorefront } from '../../support/stub-storefront.ts';
import { atRate, play, refusalOf, scriptFolder, start } from './scripts.ts';

const folder = scriptFolder();
afterAll(() => folder.remove());

const other = 'play this script with `--engine k6-binary` or `--engine k6-container`';
const refusals: readonly (readonly [what: string, script: string, refusal: readonly string[]])[] = [
  [
    'a module of k6 that the engine lacks',
    "import { browser } from 'k6/browser';\nbrowser();\n",
    [`1:25 the module k6/browser is not played by the embedded engine → ${other}`],
  ],
  [
    'a remote import',
    "\nimport 'https://jslib.k6.io/x.js';\n",
    ['2:8 https://jslib.k6.io/x.js is a remote import → download it beside the script and import the local file'],
  ],
  [
    'a package',
    "import _ from 'lodash';\n_();\n",
    [
      "1:15 lodash is a package; k6 scripts import k6's modules and local files → bundle the package into the script, or copy what it needs beside it",
    ],
  ],
  [
    'a function of k6/http that the engine lacks',
    "import http from 'k6/http';\nexport default function () {\n  http.batch([]);\n}\n",
    [`3:8 k6 has no "batch" on the embedded engine → ${other}`],
  ],
  [
    'an executor that the engine lacks',
    atRate(1, '').replace('constant-arrival-rate', 'ramping-vus'),
    [
      `6:25 scenario steady: the embedded engine has no executor \`ramping-vus\` → use \`constant-arrival-rate\`, or ${other}`,
    ],
  ],
  [
    'an option that the engine lacks',
    atRate(1, '').replace('scenarios:', "thresholds: { checks: ['rate>0.9'] },\n  scenarios:"),
    [`5:3 options: the embedded engine has no option \`thresholds\` → ${other}`],
  ],
  [
    'an option of a scenario that is no number',
    atRate(1, '').replace('rate: 1', "rate: '1'"),
    ['6:50 scenario steady: `rate` is "1" → write a whole number of at least 1'],
  ],
  [
    'a duration that is none',
    atRate(1, '').replace("'2s'", "'2 seconds'"),
    ['6:59 scenario steady: `duration` is "2 seconds" → write a duration like `90s` or `1m30s`'],
  ],
  [
    'an exec function that is not exported',
    atRate(1, '').replace('rate: 1', "exec: 'buy', rate: 1"),
    ['6:50 scenario steady: the script exports no function `buy` → it exports default'],
  ],
  [
    'a life-cycle function that the engine lacks',
    `${atRate(1, '')}export function setup() {}\n`,
    [`12:17 the embedded engine has no \`setup\` → ${other}`],
  ],
  [
    'a script without a scenario',
    'export default function () {}\n',
    ['1:1 the script has no scenario → write `scenarios` with one of `constant-arrival-rate` in `options`'],
  ],
  ['a syntax error', 'export default function () {\n  const = 3;\n}\n', ['2:9 Expected identifier but found "="']],
  [
    'an error while it is loaded',
    `${atRate(1, '')}\nfunction prepare() {\n  null.price;\n}\nprepare();\n`,
    ["14:3 the script failed while it was loaded: TypeError: cannot read property 'price' of null"],
  ],
  [
    'a request while it is loaded',
    `${atRate(1, '')}http.get('http://127.0.0.1:1');\n`,
    ['12:6 the script failed while it was loaded: Error: requests cannot be made in the init context'],
  ],
  [
    'open()',
    `const data = open('data.json');\n${atRate(1, 'data;')}`,
    [`1:14 open() is not played by the embedded engine → ${other}`],
  ],
];

test.each(refusals)('%s is refused with its place and a remedy', async (what, script, refusal) => {
  expect(await refusalOf(embeddedEngine, folder.write(`${what.replaceAll(/\W/g, '-')}.ts`, script))).toEqual(refusal);
});

test('an endless loop while it is loaded is cut off, and its place named', async () => {
  const script = folder.write('endless.ts', `${atRate(1, '')}while (true) {\n  Math.random();\n}\n`);
  expect(await refusalOf(embeddedEngine, script)).toEqual([
    expect.stringMatching(/^1[23]:.*computed for more than 5 s without a pause/),
  ]);
});

test('a script that is not there is named', async () => {
  expect(await refusalOf(embeddedEngine, join(folder.dir, 'gone.ts'))).toEqual([expect.stringContaining('gone.ts')]);
});

test('what the engine lacks ends the run with its place when only an iteration shows it', async () => {
  const script = folder.write(
    'late.ts',
    atRate(5, "http.get('http://127.0.0.1:1', { cookies: {} });", { seconds: 30 }),
  );
  const { run } = await start(embeddedEngine, script);
  const { error } = await run.ended;
  expect(error).toBe(
    `${script}:10:8: the request parameter \`cookies\` is not played by the embedded engine; ${other}`,
  );
});

test('local imports and JSON files are played, and errors in them are named by their file', async () => {
  const helper = folder.write(
    'helper.ts',
    'export function boom(price: number | null): string {\n  return price!.toFixed(2);\n}\nboom(null);\n',
  );
  folder.write('data.json', '{"a": 1}');
  const script = folder.write(
    'imports.ts',
    `import { boom } from './helper.ts';\nimport data from './data.json';\n${atRate(1, 'boom(data.a);')}`,
  );
  expect(await refusalOf(embeddedEngine, script)).toEqual([expect.stringContaining(`${helper}2:`)]);
});

test('answers, parameters and forms are as in k6', async () => {
  const stub = await startStubStorefront();
  const body = `
  const found = http.get(\`\${__ENV.BASE_URL}/api/products/7\`, { headers: { 'x-one': '1' }, tags: { name: 'p' } });
  const gone = http.post(\`\${__ENV.BASE_URL}/nowhere\`, '{}');
  const named = http.get(http.url\`\${__ENV.BASE_URL}/api/products/\${7}\`);
  check(found, {
    'json': (r) => r.json().price.amount === 1200 && r.json('price.currency') === 'JPY' && r.json('reviews.3.id') === undefined,
    'headers': (r) => r.headers['Content-Type'] === 'application/json',
    'status': (r) => r.status === 200 && r.error === '' && r.error_code === 0,
    'timings': (r) => r.timings.duration > 0 && r.timings.duration >= r.timings.waiting,
    'body': (r) => r.body.startsWith('{'),
  });
  check(gone, { 'a 404 is an answer': (r) => r.status === 404 && r.error_code === 1404 });
  check(named, { 'http.url': (r) => r.status === 200 });
  check(http.get(\`\${__ENV.BASE_URL}/api/products/8\`, { timeout: '50ms' }), { 'timeout': (r) => r.status === 0 && r.error_code === 1050 });`;
  stub.delays.set('GET /api/search', 500);
  const script = folder.write('answers.ts', atRate(2, body.replace('/api/products/8', '/api/search'), { seconds: 1 }));
  const { checks, failed, iterations } = await play(embeddedEngine, script, { BASE_URL: stub.url });
  await stub.close();
  expect(checks.filter(({ fails }) => fails > 0)).toEqual([]);
  expect(checks).toHaveLength(8);
  expect(failed).toBe(iterations * 2);
});

test('async functions play, also with synchronous requests after an await', async () => {
  const stub = await startStubStorefront();
  const script = folder.write(
    'async.ts',
    atRate(5, '', { seconds: 1 }).replace(
      'function () {',
      "async function () { await Promise.resolve(); check(http.get(`${__ENV.BASE_URL}/api/categories`), { later: (r) => r.status === 200 }); await null; throw new Error('at last');",
    ),
  );
  const { checks, iterations } = await play(embeddedEngine, script, { BASE_URL: stub.url });
  await stub.close();
  expect(checks).toEqual([{ name: 'later', passes: iterations, fails: 0 }]);
});
