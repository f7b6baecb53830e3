import { expect, test } from 'vitest';
import { brokenPromises, differences } from './compare.ts';
import { factsOf } from './facts.ts';
import { readHeader } from './header.ts';
import type { Played } from './players.ts';

// Whether the comparison sees a difference where there is one: each of these is a run and the same run with one thing changed.

const header = readHeader(`// A run.
// docs: using-k6
// promises: exit 99, iterations 5, requests 2, crossed 1, failing-checks 1
// logs: error crossed
// parity: metrics/vus/* ±1 because it is read once a second
// parity: metrics/data_sent/count ±5% because of a random boundary
// parity: times ±50 ms because the machine is shared
// parity: printed in any order because it is only an example

export default function () {}
`);

const trend = { avg: 12, min: 10, med: 12, max: 30, 'p(90)': 20, 'p(95)': 25 };
const played: Played = {
  exit: 99,
  stdout: '\n  checks....: 80.00% 4 out of 5\n  http_reqs.: 2  20.5/s\n',
  stderr:
    'time="2026-01-01T00:00:00Z" level=info msg="hello ☕ \\"you\\"" source=console\n' +
    'time="2026-01-01T00:00:01Z" level=error msg="thresholds are crossed"\n',
  summary: {
    metrics: {
      iterations: { count: 5, rate: 10 },
      http_req_duration: { ...trend, thresholds: { 'p(95)<10': true } } as never,
      data_sent: { count: 1000, rate: 2000 },
      vus: { value: 2, min: 1, max: 2 },
    },
    root_group: {
      name: '',
      path: '',
      id: 'r',
      groups: {},
      checks: { ok: { name: 'ok', path: '::ok', id: 'c', passes: 4, fails: 1 } },
    },
  },
  files: { 'note.txt': 'five' },
  got: [
    { method: 'GET', path: '/get', headers: { host: '127.0.0.1:4321', 'x-one': '1' }, body: '' },
    { method: 'POST', path: '/post', headers: { host: '127.0.0.1:4321' }, body: 'a=1' },
  ],
  connections: 1,
  target: 'http://127.0.0.1:4321',
};

type Change = (run: Played) => Partial<Played>;

const metric = (name: string, values: object): Change => {
  return ({ summary }) => ({
    summary: {
      ...summary!,
      metrics: { ...summary!.metrics, [name]: { ...summary!.metrics[name], ...values } },
    },
  });
};
const check = (values: object): Change => {
  return ({ summary }) => ({
    summary: {
      ...summary!,
      root_group: { ...summary!.root_group, checks: { ok: { ...summary!.root_group.checks['ok'], ...values } } },
    },
  });
};
const firstRequest = (change: object): Change => {
  return ({ got }) => ({ got: [{ ...got[0]!, ...change }, ...got.slice(1)] });
};

const differencesAfter = (change: Change): readonly string[] =>
  differences(factsOf(played, header), factsOf({ ...played, ...change(played) }, header), header.allowances);

test('a run is as itself', () => {
  expect(differencesAfter(() => ({}))).toEqual([]);
  expect(brokenPromises(header, played)).toEqual([]);
});

const seen: readonly (readonly [what: string, change: Change, difference: string])[] = [
  ['the exit code', () => ({ exit: 0 }), 'exit: k6 99, embedded 0'],
  ['a count', metric('iterations', { count: 6, rate: 12 }), 'metrics/iterations/count: k6 5, embedded 6'],
  ['a time', metric('http_req_duration', { max: 90 }), 'metrics/http_req_duration/max: k6 30, embedded 90'],
  ['how long the test took', metric('iterations', { rate: 5 }), 'metrics/iterations/elapsed: k6 500, embedded 1000'],
  [
    'a threshold',
    metric('http_req_duration', { thresholds: { 'p(95)<10': false } }),
    'metrics/http_req_duration/thresholds/p(95)<10: k6 true, embedded false',
  ],
  ['a metric more', metric('sold', { count: 1, rate: 2 }), 'metrics/sold/count: k6 nothing, embedded 1'],
  ['a value more', metric('vus', { mean: 1 }), 'metrics/vus/mean: k6 nothing, embedded 1'],
  ['a gauge beyond its allowance', metric('vus', { max: 4 }), 'metrics/vus/max: k6 2, embedded 4'],
  [
    'a count beyond its allowance',
    metric('data_sent', { count: 900, rate: 1800 }),
    'metrics/data_sent/count: k6 1000, embedded 900',
  ],
  ['the passes of a check', check({ passes: 3 }), 'checks/::ok/passes: k6 4, embedded 3'],
  ['the id of a check', check({ id: 'd' }), 'checks/::ok/id: k6 "c", embedded "d"'],
  [
    'a console line',
    ({ stderr }) => ({ stderr: stderr.replace('hello', 'bye') }),
    'console/0: k6 "info hello ☕ \\"you\\"", embedded "info bye ☕ \\"you\\""',
  ],
  [
    'the level of a console line',
    ({ stderr }) => ({ stderr: stderr.replace('info', 'warning') }),
    'console/0: k6 "info hello ☕ \\"you\\"", embedded "warning hello ☕ \\"you\\""',
  ],
  [
    'a promised line of the log',
    ({ stderr }) => ({ stderr: stderr.replace('are crossed', 'are') }),
    'logs/error crossed: k6 true, embedded false',
  ],
  [
    'a line of the summary',
    ({ stdout }) => ({ stdout: stdout.replace('checks', 'cheques') }),
    'printed/0: k6 "checks..: # # out of #", embedded "cheques..: # # out of #"',
  ],
  ['a file', () => ({ files: { 'note.txt': 'six' } }), 'files/note.txt: k6 "five", embedded "six"'],
  ['a file less', () => ({ files: {} }), 'files/note.txt: k6 "five", embedded nothing'],
  ['the method of a request', firstRequest({ method: 'HEAD' }), 'requests/0: k6 "GET /get", embedded "HEAD /get"'],
  ['a header', firstRequest({ headers: { host: '127.0.0.1:4321' } }), 'requests/0/x-one: k6 "1", embedded nothing'],
  ['a body', firstRequest({ body: 'b' }), 'requests/0/body: k6 nothing, embedded "b"'],
  ['a request less', ({ got }) => ({ got: got.slice(0, 1) }), 'requests/1: k6 "POST /post", embedded nothing'],
];

test.each(seen)('%s is told', (_, change, difference) => {
  expect(differencesAfter(change)).toContain(difference);
});

const allowed: readonly (readonly [what: string, change: Change])[] = [
  ['a time within its allowance', metric('http_req_duration', { max: 70 })],
  ['a gauge within its allowance', metric('vus', { max: 3 })],
  ['a count within its percentage', metric('data_sent', { count: 960, rate: 1920 })],
  ['another order of a list', ({ stdout }) => ({ stdout: stdout.split('\n').toReversed().join('\n') })],
  [
    'the numbers of the text, which the exported summary has',
    ({ stdout }) => ({ stdout: stdout.replace('20.5', '19.5') }),
  ],
  [
    'the port of the target',
    ({ got }) => ({
      target: 'http://127.0.0.1:9876',
      got: got.map((one) => ({ ...one, headers: { ...one.headers, host: '127.0.0.1:9876' } })),
    }),
  ],
];

test.each(allowed)('%s is no difference', (_, change) => expect(differencesAfter(change)).toEqual([]));

test('a run that shows nothing but its exit code is no comparison', () => {
  const { exit, connections, target } = played;
  const nothing = factsOf({
    exit,
    connections,
    target,
    stdout: '',
    stderr: '',
    summary: undefined,
    files: {},
    got: [],
  });
  expect(() => differences(nothing, nothing)).toThrow('empty comparison');
});

test('a promise that a run does not keep is told', () => {
  const { got, stderr } = played;
  expect(
    brokenPromises(header, { ...played, exit: 0, got: got.slice(1), stderr: stderr.replace('crossed', 'held') }),
  ).toEqual([
    'exit: promised 99..99, got 0',
    'requests: promised 2..2, got 1',
    expect.stringContaining('no log line of level error with "crossed"'),
  ]);
});

test('a line of a header that is not understood is refused, and an allowance needs a reason', () => {
  expect(() => readHeader('// A.\n// docs: x\n// nonsense\n')).toThrow('no header line: nonsense');
  expect(() => readHeader('// A.\n// docs: x\n// promise: exit 0\n')).toThrow('no key of a header: promise');
  expect(() => readHeader('// A.\n// docs: x\n// parity: times ±50 ms\n')).toThrow('no allowance');
  expect(() => readHeader('// A.\n// docs: x\n// promises: all good\n')).toThrow('no promise');
  expect(() => readHeader('// A.\n')).toThrow('no page of the documentation');
});
