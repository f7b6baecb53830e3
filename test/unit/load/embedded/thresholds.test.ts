import { describe, expect, test } from 'vitest';
import { GroupTree } from '../../../../orchestrator/load/embedded/metrics/groups.ts';
import { MetricStore } from '../../../../orchestrator/load/embedded/metrics/store.ts';
import {
  parseMetricName,
  parseThreshold,
  readThresholds,
} from '../../../../orchestrator/load/embedded/metrics/thresholds.ts';
import { OptionReader, type OptionProblem } from '../../../../orchestrator/load/embedded/options.ts';

test.each([
  ['p(95)<500', { method: 'p(95)', operator: '<', value: 500 }],
  [' rate >= 0.99 ', { method: 'rate', operator: '>=', value: 0.99 }],
  ['count===7', { method: 'count', operator: '===', value: 7 }],
  ['count==7', { method: 'count', operator: '==', value: 7 }],
  ['value!=-1e3', { method: 'value', operator: '!=', value: -1000 }],
  ['p(99.9)<=.5', { method: 'p(99.9)', operator: '<=', value: 0.5 }],
  ['p(101)<1', undefined],
  ['p(95<1', undefined],
  ['p95<1', undefined],
  ['avg<', undefined],
  ['avg', undefined],
  ['avg<fast', undefined],
  ['avg=<3', undefined],
])('the threshold %j is read as k6 reads it', (source, parsed) => {
  expect(parseThreshold(source)).toEqual(parsed);
});

test('a submetric is named by its tags', () => {
  expect(parseMetricName('http_reqs')).toEqual({ metric: 'http_reqs', tags: undefined });
  expect(parseMetricName(`http_reqs{ status:200, "name":'a:b' }`)).toEqual({
    metric: 'http_reqs',
    tags: { status: '200', name: 'a:b' },
  });
  for (const name of ['http_reqs{', 'http_reqs}', 'http_reqs{a:b}c'])
    expect(parseMetricName(name).metric).toBeUndefined();
});

function read(thresholds: object, metrics: Parameters<typeof readThresholds>[1] = []) {
  const problems: OptionProblem[] = [];
  const found = readThresholds(new OptionReader({ thresholds }, 'options', problems), metrics);
  return { found, problems: problems.map(({ message, hint }) => `${message} → ${hint}`) };
}

test('all that is wrong with thresholds is found at once', () => {
  const { problems } = read({ nope: ['rate<1'], http_req_duration: ['rate<1', 'p(95<1', 7], checks: 'rate>0.9' });
  expect(problems).toEqual([
    'options: there is no metric `nope` → name one of k6, or one that the script makes while it is loaded',
    'options: the threshold `rate<1` does not fit `http_req_duration` → a trend has `avg`, `min`, `max`, `med`, `p(N)`',
    'options: `p(95<1` is no threshold → write an aggregation, an operator and a number, `p(95)<500`',
    "options: the threshold of `http_req_duration` is 7 → write a list of texts, `['p(95)<500']`",
    "options: the threshold of `checks` is undefined → write a list of texts, `['p(95)<500']`",
  ]);
});

const store = (thresholds: object, metrics: Parameters<typeof readThresholds>[1] = []) =>
  new MetricStore({ metrics, thresholds: read(thresholds, metrics).found, systemTags: ['expected_response'] });
const names = (of: MetricStore) => [...of.observed()].map(({ name }) => name);

describe('the metrics of a test', () => {
  test('those with samples or thresholds are shown, and submetrics have the samples with their tags', () => {
    const metrics = store({ 'http_reqs{status:200,scenario:buy}': ['count>1'], checks: ['rate>0.5'] });
    metrics.add({ metric: 'http_reqs', value: 1, tags: { status: '200' } }, { scenario: 'buy' });
    metrics.add({ metric: 'http_reqs', value: 1, tags: { status: '200' } }, { scenario: 'look' });
    metrics.add({ metric: 'http_reqs', value: 1, tags: { status: '500', scenario: 'buy' } }, {});
    expect(names(metrics)).toEqual(['checks', 'http_reqs', 'http_reqs{status:200,scenario:buy}']);
    expect([...metrics.observed()].map(({ sink }) => sink.read('count', 1000))).toEqual([undefined, 3, 1]);
    expect(metrics.evaluate(1000, true)).toEqual({ crossed: ['http_reqs{status:200,scenario:buy}'], abort: false });
  });

  test('expected answers are a submetric of their own as soon as there are any', () => {
    const metrics = store({});
    metrics.add({ metric: 'http_req_duration', value: 3, tags: { expected_response: 'true' } }, {});
    expect(names(metrics)).toEqual(['http_req_duration', 'http_req_duration{expected_response:true}']);
  });

  test('while the test runs a metric without samples crosses nothing; in the end a counter does, a rate does not', () => {
    const metrics = store({ http_reqs: ['count>0'], checks: ['rate>0.9'], http_req_duration: ['avg<1', 'avg>1'] });
    expect(metrics.evaluate(5000, false).crossed).toEqual([]);
    expect(metrics.evaluate(5000, true).crossed).toEqual(['http_req_duration', 'http_reqs']);
  });

  test('a threshold ends the test when it is told to, and not before its delay', () => {
    const metrics = store({ checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '10s' }] });
    metrics.add({ metric: 'checks', value: 0, tags: {} }, {});
    expect(metrics.evaluate(9000, false)).toEqual({ crossed: ['checks'], abort: false });
    expect(metrics.evaluate(11_000, false)).toEqual({ crossed: ['checks'], abort: true });
  });
});

test('groups and checks are a tree in the order in which they were met, with the ids of k6', () => {
  const tree = new GroupTree();
  const check = (value: number, tags: Record<string, string>) =>
    tree.add({ metric: 'checks', value, tags }, { group: '' });
  check(1, { check: 'up' });
  check(0, { check: 'shown', group: '::shop::list' });
  tree.add({ metric: 'group_duration', value: 3, tags: { group: '::cart' } }, {});
  check(1, { check: 'shown', group: '::shop::list' });
  check(1, { check: 'shown' });
  expect(tree.root).toMatchObject({
    name: '',
    path: '',
    id: 'd41d8cd98f00b204e9800998ecf8427e',
    checks: [
      { name: 'up', path: '::up', passes: 1, fails: 0 },
      { name: 'shown', path: '::shown', passes: 1, fails: 0 },
    ],
    groups: [
      {
        name: 'shop',
        path: '::shop',
        groups: [{ name: 'list', path: '::shop::list', checks: [{ name: 'shown', passes: 1, fails: 1 }] }],
      },
      { name: 'cart', path: '::cart', groups: [], checks: [] },
    ],
  });
  expect(tree.checks).toEqual([
    { name: 'up', passes: 1, fails: 0 },
    { name: 'shown', passes: 2, fails: 1 },
  ]);
});
