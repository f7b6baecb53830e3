import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { embeddedEngine } from '../../../orchestrator/load/embedded/engine.ts';
import { startStubStorefront } from '../../support/stub-storefront.ts';
import { atRate, play, refusalOf, scriptFolder, start } from './scripts.ts';

const folder = scriptFolder();
afterAll(() => folder.remove());

const other = 'play this script with `--engine k6-binary` or `--engine k6-container`';
const refusals: readonly (readonly [what: string, script: string, refusal: readonly unknown[]])[] = [
  [
    'a module of k6 that the engine lacks',
    "import { browser } from 'k6/browser';\nbrowser();\n",
    [
      '1:25 the module k6/browser is not played by the embedded engine → play this script with `--engine k6-binary`, where there is Chromium',
    ],
  ],
  [
    'a remote import',
    "\nimport 'https://jslib.k6.io/x.js';\n",
    [
      `2:8 https://jslib.k6.io/x.js is a remote import → download it beside the script and import the local file, or ${other}`,
    ],
  ],
  [
    'a package',
    "import _ from 'lodash';\n_();\n",
    [
      "1:15 lodash is a package; k6 scripts import k6's modules and local files → bundle the package into the script, or copy what it needs beside it",
    ],
  ],
  [
    'an executor that k6 has no longer',
    atRate(1, '').replace('constant-arrival-rate', 'externally-controlled'),
    [
      '6:25 scenario steady: there is no executor `externally-controlled` → use `shared-iterations`, `per-vu-iterations`, `constant-vus`, `ramping-vus`, `constant-arrival-rate`, `ramping-arrival-rate`',
    ],
  ],
  [
    'an option that the engine lacks',
    atRate(1, '').replace('scenarios:', 'rps: 5,\n  scenarios:'),
    [`5:3 options: the embedded engine has no option \`rps\` → ${other}`],
  ],
  [
    'an option of a scenario that is no number',
    atRate(1, '').replace('rate: 1', "rate: 'one'"),
    ['6:50 scenario steady: `rate` is "one" → write a whole number of at least 1'],
  ],
  [
    'a duration that is none',
    atRate(1, '').replace("'2s'", "'2 seconds'"),
    ['6:59 scenario steady: `duration` is "2 seconds" → write a duration like `90s` or `1m30s` of at least 1000 ms'],
  ],
  [
    'an option that its scenario does not have',
    atRate(1, '').replace('rate: 1', 'rate: 1, vus: 3'),
    [expect.stringMatching(/^6:59 scenario steady: `constant-arrival-rate` has no option `vus` → it has startTime, /)],
  ],
  [
    'all that is wrong with the options, at once,',
    atRate(1, '')
      .replace('rate: 1', "exec: 'buy', rate: 0")
      .replace('scenarios:', "thresholds: { nope: ['rate>0.9'] },\n  scenarios:"),
    [
      '7:50 scenario steady: the script exports no function `buy` → it exports default',
      '7:63 scenario steady: `rate` is 0 → write a whole number of at least 1',
      '5:17 options: there is no metric `nope` → name one of k6, or one that the script makes while it is loaded',
    ],
  ],
  [
    'a threshold that is none',
    atRate(1, '').replace('scenarios:', "thresholds: { checks: ['rate is fine'] },\n  scenarios:"),
    ['5:26 options: `rate is fine` is no threshold → write an aggregation, an operator and a number, `p(95)<500`'],
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
    ['12:6 the script failed while it was loaded: GoError: Making http requests in the init context is not supported'],
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
  const script = folder.write('late.ts', atRate(5, 'crypto.subtle.digest();', { seconds: 30 }));
  const { run } = await start(embeddedEngine, script);
  const { error } = await run.ended;
  expect(error).toMatch(`${script}:10:`);
  expect(error).toMatch(`crypto.subtle.digest() is not played by the embedded engine; ${other}`);
});

test.each([
  ['try { crypto.subtle.digest(); } catch { /* The script would go on. */ }', 'crypto.subtle.digest()'],
  ["try { http.get('http://127.0.0.1:1', { auth: 'ntlm' }); } catch { /* So here. */ }", '`auth: "ntlm"`'],
  [
    "http.get('http://127.0.0.1:1/?q=red shoes');",
    'a space in the query of a URL, which k6 sends as it is and servers refuse (write it as `%20`),',
  ],
])('nor does it matter whether the script catches it: %s', async (body, what) => {
  const script = folder.write('caught.ts', atRate(5, body, { seconds: 30 }));
  const { run } = await start(embeddedEngine, script);
  const { error } = await run.ended;
  expect(error).toMatch(`${script}:10:`);
  expect(error).toMatch(`${what} is not played by the embedded engine; ${other}`);
});

test('also while the script is loaded', async () => {
  const script = folder.write('caught-in-init.ts', `${atRate(1, '')}try { crypto.subtle.digest(); } catch {}\n`);
  expect(await refusalOf(embeddedEngine, script)).toEqual([
    expect.stringContaining('12:21 crypto.subtle.digest() is not played by the embedded engine'),
  ]);
});

/** The exit code, the numbers and the log of a script that plays to its own end. */
async function ended(name: string, text: string, env: Record<string, string> = {}) {
  const script = folder.write(name, text);
  const { run } = await start(embeddedEngine, script, env);
  const { code, error } = await run.ended;
  return { code, error, summary: await run.stop(), log: readFileSync(`${script}.log`, 'utf8') };
}

test('a script without options is one iteration of one virtual user, and its summary is in the log', async () => {
  const { code, summary, log } = await ended(
    'plain.js',
    "export default function () {\n  console.log('here', __ITER);\n}\n",
  );
  expect(code).toBe(0);
  expect(summary).toMatchObject({ iterations: 1, dropped: 0 });
  expect(log).toContain('"msg":"here 0"');
  expect(log).toMatch(/iterations\.+: 1/);
});

test('setup gives its data to the iterations, to teardown and to handleSummary, which writes what it returns', async () => {
  const file = join(folder.dir, 'summary.json');
  const { code, log } = await ended(
    'life.js',
    `export const options = { vus: 2, iterations: 4, thresholds: { checks: ['rate==1'] } };
import { check } from 'k6';
export function setup() { return { token: 'abc' }; }
export default function (data) { check(data, { given: (d) => d.token === 'abc' }); }
export function teardown(data) { console.log('end of ' + data.token); }
export function handleSummary(data) {
  return { stdout: 'own summary\\n', '${file}': JSON.stringify([data.setup_data, data.metrics.checks, data.root_group.checks]) };
}
`,
  );
  expect(code).toBe(0);
  expect(log).toContain('end of abc');
  expect(log).toContain('own summary');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
    { token: 'abc' },
    {
      type: 'rate',
      contains: 'default',
      values: { rate: 1, passes: 4, fails: 0 },
      thresholds: { 'rate==1': { ok: true } },
    },
    [{ name: 'given', path: '::given', id: expect.any(String) as unknown, passes: 4, fails: 0 }],
  ]);
});

const throwing = "throw new Error('no'); ";
test.each([
  ['a crossed threshold', "export const options = { thresholds: { iterations: ['count>5'] } };", '', 99],
  [
    'setup that takes too long',
    "export const options = { setupTimeout: '200ms' }; export function setup() { sleep(9); }",
    '',
    100,
  ],
  [
    'teardown that takes too long',
    "export const options = { teardownTimeout: '200ms' }; export function teardown() { sleep(9); }",
    '',
    101,
  ],
  ['setup that throws', `export function setup() { ${throwing}}`, '', 107],
  ['teardown that throws', `export function teardown() { ${throwing}}`, '', 107],
  ['an iteration that throws', '', throwing, 0],
  ['exec.test.abort', '', "exec.test.abort('enough');", 108],
  ['exec.test.fail', '', 'exec.test.fail();', 110],
])('%s has the exit code of k6', async (what, top, body, code) => {
  const text = `import { sleep } from 'k6';\nimport exec from 'k6/execution';\n${top}\nexport default function () { ${body} }\n`;
  const outcome = await ended(`code-${what.replaceAll(/\W/g, '-')}.js`, text);
  expect(outcome.code).toBe(code);
});

test('a threshold hears of the checks of an iteration that goes on and on', async () => {
  const { code, summary } = await ended(
    'endless-iteration.js',
    `import { check, sleep } from 'k6';
export const options = { duration: '50s', thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true }] } };
export default function () { for (;;) { check(1, { holds: false }); sleep(0.1); } }
`,
  );
  expect(code).toBe(99);
  expect(summary.checks[0]?.fails).toBeLessThan(200);
});

test('a later virtual user may abort the test while it is loaded', async () => {
  const text = `import exec from 'k6/execution';
export const options = { vus: 2, duration: '1s' };
if (__VU === 2) exec.test.abort('x');
export default function () {}
`;
  const refusal = await refusalOf(embeddedEngine, folder.write('abort-in-init.js', text));
  expect(refusal).toEqual([expect.stringContaining('3:27 test aborted: x')]);
});

test('a threshold with abortOnFail ends the test, and teardown is played all the same', async () => {
  const { code, summary, log } = await ended(
    'abort-on-fail.js',
    `import { check, sleep } from 'k6';
export const options = { duration: '60s', thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true }] } };
export default function () { check(1, { never: false }); sleep(0.1); }
export function teardown() { console.log('after all'); }
`,
  );
  expect(code).toBe(99);
  expect(summary.thresholds).toEqual([{ metric: 'checks', expression: 'rate>0.5', crossed: true }]);
  expect(log).toContain('after all');
});

test('iterations that outlive the graceful stop are interrupted and not counted', async () => {
  const { code, summary, log } = await ended(
    'outlives.js',
    `import { sleep } from 'k6';
export const options = { scenarios: { a: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '500ms' } } };
export default function () { try { sleep(30); } finally { console.log('never'); } }
`,
  );
  expect([code, summary.iterations]).toEqual([0, 0]);
  expect(log).not.toContain('never');
  expect(log).toContain('no iteration came to its end');
});

test('scenarios have their own functions, environments, tags and beginnings', async () => {
  const { code, summary, log } = await ended(
    'scenarios.js',
    `import exec from 'k6/execution';
export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', vus: 2, iterations: 2, exec: 'one', env: { WHO: 'one' }, tags: { kind: 'x' } },
    second: { executor: 'shared-iterations', vus: 1, iterations: 3, startTime: '1s', exec: 'two' },
  },
  thresholds: { 'iterations{scenario:first}': ['count==4'], 'iterations{kind:x}': ['count==4'], 'iterations{scenario:second}': ['count==3'] },
};
export function one() { console.log(__ENV.WHO, exec.scenario.name); }
export function two() { console.log(String(__ENV.WHO), exec.scenario.name, exec.scenario.iterationInTest); }
`,
  );
  expect(code).toBe(0);
  expect(summary.iterations).toBe(7);
  expect(log.match(/one first/g)).toHaveLength(4);
  for (const n of [0, 1, 2]) expect(log).toContain(`undefined second ${n}`);
});

test('an option that k6 does not know is warned about', async () => {
  const { code, log } = await ended(
    'unknown-option.js',
    'export const options = { bogus: 1 };\nexport default function () {}\n',
  );
  expect(code).toBe(0);
  expect(log).toContain('unknown options are ignored: bogus');
});

test('local imports and data files are played, and errors in them are named by their file', async () => {
  const helper = folder.write(
    'helper.ts',
    'export function boom(price: number | null): string {\n  return price!.toFixed(2);\n}\nboom(null);\n',
  );
  folder.write('data.json', '{"a": 1}');
  const script = folder.write(
    'imports.ts',
    `import { boom } from './helper.ts';\nconst data = JSON.parse(open('./data.json'));\n${atRate(1, 'boom(data.a);')}`,
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

// Parity's target, a Node server, refuses such a query unseen.
test('what is not ASCII goes out as UTF-8', async () => {
  const got: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      got.push(bytes);
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = `http.get('${url}/api/search?q=日本é', { headers: { 'X-Name': '名é' } });`;
  await play(
    embeddedEngine,
    folder.write('utf8.js', `import http from 'k6/http';\nexport default () => { ${body} };\n`),
  );
  server.close();
  const sent = Buffer.concat(got).toString();
  expect(sent).toContain('GET /api/search?q=日本é HTTP/1.1\r\n');
  expect(sent).toContain('X-Name: 名é\r\n');
});
