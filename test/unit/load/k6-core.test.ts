// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const head = `import { check, group, sleep, fail, randomSeed } from 'k6';`;
const tell = async (expressions: readonly string[]) => playGuest(tellingScript(head, expressions));

test('a check is a sample for each of its tests, with the group it is in', async () => {
  const { reports, logs } = await tell([
    `check(5, { 'is five': (n) => n === 5, 'is true': true, 'is no promise': Promise.resolve(false) })`,
    `group('outer', () => group('inner', () => check(5, { six: (n) => n === 6 }, { own: 1 })))`,
  ]);
  expect(logs).toEqual(['true', 'false']);
  const checks = reports[0]?.samples.filter(({ metric }) => metric === 'checks');
  expect(checks).toEqual([
    { metric: 'checks', value: 1, tags: { group: '', check: 'is five' } },
    { metric: 'checks', value: 1, tags: { group: '', check: 'is true' } },
    { metric: 'checks', value: 1, tags: { group: '', check: 'is no promise' } },
    { metric: 'checks', value: 0, tags: { group: '::outer::inner', check: 'six', own: '1' } },
  ]);
});

test('a check that throws fails, ends the others and goes on to the caller', async () => {
  const { reports, logs } = await tell([
    `check(1, { before: true, bad: () => { throw new TypeError('boom'); }, after: true })`,
  ]);
  expect(logs).toEqual(['TypeError: boom']);
  expect(reports[0]?.samples.map(({ value, tags }) => [tags['check'], value])).toEqual([
    ['before', 1],
    ['bad', 0],
  ]);
});

test('what k6 refuses in a check or a group is refused', async () => {
  const { logs } = await tell([
    `check(1)`,
    `check(1, null)`,
    `check(1, { 'a::b': true })`,
    `check(1, { a: async () => true }).toString()`,
    `check(1, { a: true }, { tag: {} })`,
    `group('a')`,
    `group('a::b', () => 1)`,
    `group('a', async () => 1)`,
  ]);
  expect(logs.map((line) => line.slice(0, 68))).toEqual(
    [
      'GoError: no checks provided to `check`',
      'TypeError: Cannot convert undefined or null to object',
      "GoError: group and check names may not contain '::'",
      'GoError: check() takes no async functions: await the value first, and ',
      "GoError: invalid value for metric tag 'tag': only String, Boolean and N",
      'GoError: group() requires a callback as a second argument',
      "GoError: group and check names may not contain '::'",
      'GoError: group() takes no async function',
    ].map((line) => line.slice(0, 68)),
  );
});

test('a group gives what its function gives, and its duration, also when it throws', async () => {
  const { reports, logs } = await tell([`group('a', () => 42)`, `group('b', () => fail('no'))`, `group('', () => 1)`]);
  expect(logs).toEqual(['42', 'GoError: no', '1']);
  expect(reports[0]?.samples.map(({ metric, tags }) => [metric, tags])).toEqual([
    ['group_duration', { group: '::a' }],
    ['group_duration', { group: '::b' }],
    ['group_duration', { group: '' }],
  ]);
});

test('without the system tags `check` and `group` samples have neither', async () => {
  const script = tellingScript(head, [`group('a', () => check(1, { ok: true }))`]);
  const { reports } = await playGuest(script, { options: { systemTags: ['scenario'] } });
  expect(reports[0]?.samples.map(({ tags }) => tags)).toEqual([{ group: '' }, { group: '' }]);
});

test('sleep waits for seconds, and not at all for what is no time', async () => {
  const values = ['0.02', `'0.01'`, `'abc'`, '-1', 'null', 'undefined', 'Infinity', '{}'];
  const { waits } = await tell(values.map((value) => `sleep(${value})`));
  expect(waits).toEqual([20, 10]);
});

test('randomSeed gives the numbers of k6', async () => {
  const numbers: readonly [string, ...number[]][] = [
    ['1234', 0.2212969969975593, 0.6805445605385619, 0.6511888420060171],
    ['0', 0.9451961492941164, 0.24496508529377975, 0.6559562651954052],
    ['-5', 0.1964231528691937],
    ['1.7', 0.6046602879796196],
    [`'17'`, 0.526671011878575],
    ['2e18', 0.5760324244362874],
    ['1e30', 0.8328240056498365],
  ];
  const { logs } = await tell(
    numbers.map(([seed, ...some]) => `(randomSeed(${seed}), [${some.map(() => 'Math.random()').join()}].join())`),
  );
  expect(logs).toEqual(numbers.map(([, ...some]) => some.join()));
});

test('a seed given while the script is loaded is over when that has ended', async () => {
  const { logs } = await playGuest(`
    import { randomSeed } from 'k6';
    randomSeed(1234);
    console.log(Math.random());
    export default function () { console.log(Math.random() === 0.6805445605385619); }`);
  expect(logs).toEqual(['0.2212969969975593', '0.2212969969975593', 'false']);
});

test('check and group are refused while the script is loaded', async () => {
  const { logs } = await playGuest(
    `${head}
    for (const f of [() => check(1, {}), () => group('a', () => 1)]) try { f(); } catch (e) { console.log(e.message); }
    export default function () {}`,
    { users: 1 },
  );
  expect(logs).toEqual([
    'Using check() in the init context is not supported',
    'Using group() in the init context is not supported',
  ]);
});
