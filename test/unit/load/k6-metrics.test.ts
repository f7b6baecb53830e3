// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const head = `import { Counter, Gauge, Rate, Trend } from 'k6/metrics'; const c = new Counter('counted');`;

test('metrics made while the script is loaded are told to the engine, once each', async () => {
  const { faces } = await playGuest(`
    import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
    new Counter('my_counter'); new Gauge('my_gauge'); new Rate('my_rate'); new Trend('my_trend'); new Trend('my_time', true);
    Counter('my_counter'); new Counter('http_reqs');
    export default function () {}`);
  expect(faces[0]?.metrics).toEqual([
    { name: 'my_counter', type: 'counter', contains: 'default' },
    { name: 'my_gauge', type: 'gauge', contains: 'default' },
    { name: 'my_rate', type: 'rate', contains: 'default' },
    { name: 'my_trend', type: 'trend', contains: 'default' },
    { name: 'my_time', type: 'trend', contains: 'time' },
  ]);
});

test('a name that k6 does not take, or that is taken, is refused', async () => {
  const rule = 'is no name of a metric: write 2 to 129 letters (a to z), digits and underscores, and no digit first';
  const { logs } = await playGuest(
    `import { Counter, Trend } from 'k6/metrics';
    const tell = (f) => { try { f(); } catch (e) { console.log(e.message); } };
    tell(() => new Counter('a b')); tell(() => new Counter('x')); tell(() => new Counter('x'.repeat(130))); tell(() => new Counter());
    new Counter('abc');
    tell(() => new Trend('abc')); tell(() => new Counter('abc', true)); tell(() => new Trend('http_reqs')); tell(() => new Trend('http_req_duration'));
    tell(() => new Counter('early').add(1));
    export default function () {}`,
    { users: 1 },
  );
  expect(logs).toEqual([
    `'a b' ${rule}`,
    `'x' ${rule}`,
    `'${'x'.repeat(130)}' ${rule}`,
    `'' ${rule}`,
    `metric 'abc' already exists but with type counter, instead of trend`,
    `metric 'abc' already exists but with a value type default, instead of time`,
    `metric 'http_reqs' already exists but with type counter, instead of trend`,
    `metric 'http_req_duration' already exists but with a value type time, instead of default`,
    'Adding to metrics in the init context is not supported',
  ]);
});

test('a metric takes numbers, booleans, and what becomes a number', async () => {
  const values = ['1', `'2'`, 'true', 'false', `''`, `'0'`, '[]', '[3]', '-1', 'new Date(5)'];
  const expressions = values.map((value) => `c.add(${value}, { a: 1, b: true })`);
  const { reports, logs } = await playGuest(tellingScript(head, expressions));
  expect(logs).toEqual(values.map(() => 'true'));
  expect(reports[0]?.samples.map(({ value }) => value)).toEqual([1, 2, 1, 0, 0, 1, 1, 3, -1, 5]);
  expect(reports[0]?.samples[0]).toEqual({ metric: 'counted', value: 1, tags: { group: '', a: '1', b: 'true' } });
});

test('anything else is a warning and no sample, and an error with the option `throw`', async () => {
  const script = tellingScript(head, ['c.add("abc")', 'c.add(null)', 'c.add(undefined)', 'c.add({})', 'c.add()']);
  const messages = [
    ...['abc', 'null', 'undefined', '[object Object]'].map(
      (text) => `'${text}' is an invalid value for metric 'counted'`,
    ),
    `no value was provided for metric 'counted'`,
  ].map((text) => `${text}, a number or a boolean value is expected`);
  const { reports, logs } = await playGuest(script);
  expect(logs).toEqual(messages.flatMap((message) => [message, 'false']));
  expect(reports[0]?.samples ?? []).toEqual([]);
  const strict = await playGuest(script, { options: { throw: true } });
  expect(strict.logs).toEqual(messages.map((message) => `GoError: ${message}`));
});

test('tags that are no texts, and metrics made too late, are errors', async () => {
  const { logs } = await playGuest(
    tellingScript(head, [`c.add(1, { a: {} })`, `new Gauge('late')`, `c.name = 'other'`]),
  );
  expect(logs.slice(0, 2)).toEqual([
    "GoError: cannot add tags for the 'counted' custom metric: invalid value for metric tag 'a': " +
      'only String, Boolean and Number types are accepted as a metric tag values',
    'GoError: metrics must be declared in the init context',
  ]);
  expect(logs[2]).toMatch(/^TypeError/);
});

test('an infinite value ends the run, for it cannot be summed up', async () => {
  const { reports } = await playGuest(`${head} export default function () { c.add(Infinity); }`);
  expect(reports[0]?.error?.name).toBe('NotPlayed');
});
