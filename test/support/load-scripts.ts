// k6 scripts that the load command is tested with.

export const checking = `import { check, group } from 'k6';
export const options = { iterations: 3 };
export default function () {
  check(1, { 'is a number': (n) => typeof n === 'number' });
  group('inside', () => check(2, { deep: (n) => n === 2 }));
}
`;

/** How a script may end: k6's exit code, what is said on stderr, and whether there is a summary. */
export const endings = {
  'crossed thresholds are 99': {
    script: `export const options = { iterations: 2, thresholds: { iterations: ['count>5'] } };
export default function () {}`,
    code: 99,
    says: "thresholds on metrics 'iterations' have been crossed",
    summary: true,
  },
  'an exception in the init context is 107': {
    script: `throw new Error('no such shop');\nexport default function () {}`,
    code: 107,
    says: 'no such shop',
    summary: false,
  },
  'an exception in setup is 107': {
    script: `export function setup() { throw new Error('no such shop'); }\nexport default function () {}`,
    code: 107,
    says: 'no such shop',
    summary: true,
  },
  'a syntax error is 107': {
    script: `export default function ( {`,
    code: 107,
    says: ' end of ',
    summary: false,
  },
  'exec.test.abort() is 108': {
    script: `import exec from 'k6/execution';\nexport default function () { exec.test.abort('closed'); }`,
    code: 108,
    says: 'test aborted: closed',
    summary: true,
  },
  'exec.test.fail() is 110': {
    script: `import exec from 'k6/execution';\nexport default function () { exec.test.fail('wrong'); }`,
    code: 110,
    says: 'marked as failed',
    summary: true,
  },
  'an invalid option is 104': {
    script: `export const options = { vus: -1 };\nexport default function () {}`,
    code: 104,
    says: /vus/i,
    summary: false,
  },
  'a threshold that its metric does not have is 104': {
    script: `export const options = { thresholds: { http_reqs: ['p(95)<3'] } };\nexport default function () {}`,
    code: 104,
    says: 'http_reqs',
    summary: false,
  },
  'setup that takes too long is 100': {
    script: `import { sleep } from 'k6';
export const options = { setupTimeout: '300ms' };
export function setup() { sleep(5); }
export default function () {}`,
    code: 100,
    says: 'setup',
    summary: true,
  },
  'teardown that takes too long is 101': {
    script: `import { sleep } from 'k6';
export const options = { teardownTimeout: '300ms' };
export function teardown() { sleep(5); }
export default function () {}`,
    code: 101,
    says: 'teardown',
    summary: true,
  },
  'a script without a function is 255': {
    script: `export const name = 'nothing';`,
    code: 255,
    says: /no exported functions|exports no function/,
    summary: false,
  },
  'handleSummary that throws leaves the standard text': {
    script: `export default function () {}\nexport function handleSummary() { throw new Error('no words'); }`,
    code: 0,
    says: 'no words',
    summary: true,
  },
  'handleSummary that returns no files leaves none': {
    script: `export default function () {}\nexport function handleSummary() { return 'text'; }`,
    code: 0,
    says: 'handleSummary() should return a map with string keys',
    summary: false,
  },
};

export const ownScript = `import { check } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { visit, type Visitor } from './lib/shop.ts';

const visitors = new SharedArray<Visitor>('visitors', () => JSON.parse(open('./data/visitors.json')) as Visitor[]);

export const options = {
  scenarios: { all: { executor: 'shared-iterations', vus: 2, iterations: 4 } },
  thresholds: { http_req_failed: ['rate<0.01'] },
};

export default function (): void {
  const answer = visit(visitors[exec.scenario.iterationInTest % visitors.length]!);
  check(answer, { 'sells tea': (r) => r.json('items.0.name') === 'tea' });
}
`;

export const everyMetric = `import http from 'k6/http';
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const counter = new Counter('a_counter');
const gauge = new Gauge('a_gauge');
const rate = new Rate('a_rate');
const trend = new Trend('a_trend');
new Trend('never_used', true);

export const options = {
  iterations: 4,
  thresholds: {
    a_counter: ['count>3', 'count>100'],
    'a_rate{kind:x}': ['rate>0.1'],
    never_used: ['p(95)<10'],
    'http_reqs{status:200}': ['count==9'],
  },
};

export function setup() {
  http.get(__ENV.BASE_URL);
  return { list: ['a'] };
}
export default function () {
  group('outer', () => {
    check(http.get(__ENV.BASE_URL), { 'is 200': (r) => r.status === 200, 'is even': () => __ITER % 2 === 0 });
    group('inner', () => check(http.get(__ENV.BASE_URL), { deep: () => true }));
  });
  counter.add(2);
  gauge.add(__ITER);
  rate.add(__ITER < 1, { kind: 'x' });
  trend.add(__ITER * 10);
}
`;

export const visiting = `import http from 'k6/http';
import { sleep } from 'k6';
export const options = { vus: 2, duration: '2m' };
export default function () {
  http.get(__ENV.BASE_URL);
  sleep(0.2);
}
`;
/** Does not end by itself soon after it was asked to. */
export const stubborn = `${visiting}
export function teardown() { sleep(60); }
`;

/** Takes longer to end than a show would wait. */
export const tidying = `${visiting}
export function teardown() {
  sleep(8);
  http.get(__ENV.BASE_URL + '/tidied');
}
`;

/** Is never done with its preparations. */
export const settingUp = `${visiting}
export function setup() {
  for (;;) {
    http.get(__ENV.BASE_URL);
    sleep(0.2);
  }
}
`;
