// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { playGuest } from '../../support/guest-script.ts';

const head = `
  import { SharedArray } from 'k6/data';
  const shared = new SharedArray('one', () => { console.log('built'); return JSON.parse(open('data.json')); });
  const tell = (f) => { try { console.log(f()); } catch (e) { console.log(e.name + ': ' + e.message); } };`;
const files = { 'data.json': '[1,{"a":{"b":2}},"s"]' };

async function tell(expressions: readonly string[], where: 'init' | 'iteration' = 'iteration') {
  const told = expressions.map((one) => `tell(() => ${one});`).join('\n');
  const [init, body] = where === 'init' ? [told, ''] : ['', told];
  const { logs } = await playGuest(`${head}\n${init}\nexport default function () { ${body} }`, {
    files,
    users: where === 'init' ? 1 : 3,
  });
  return logs;
}

test('the array is built once for all virtual users, and reads like an array', async () => {
  const logs = await tell([
    'shared.length',
    'JSON.stringify(shared)',
    '[Array.isArray(shared), shared instanceof Array, Object.keys(shared), shared.constructor === Array]',
    'shared.map((one) => typeof one)',
    '[...shared].length',
    'shared.slice(1)',
    '[shared[-1], shared[99], shared.at(-1), 2 in shared, 3 in shared, shared.indexOf("s")]',
    'shared.find((one) => one.a).a.b',
    'shared[1] === shared[1]',
  ]);
  expect(logs).toEqual([
    'built',
    '3',
    '[1,{"a":{"b":2}},"s"]',
    '[ true, true, [ "0", "1", "2" ], true ]',
    '[ "number", "object", "string" ]',
    '3',
    '[ { a: { b: 2 } }, "s" ]',
    '[ null, null, "s", true, false, 2 ]',
    '2',
    'false',
  ]);
});

test('neither the array nor its elements can be changed', async () => {
  const logs = await tell([
    '(shared[0] = 5)',
    'shared.push(5)',
    '(shared.length = 0)',
    'delete shared[0]',
    '(shared.own = 1)',
    'Object.freeze(shared)',
    '(shared[1].a.b = 3)',
    '(shared[1].c = 3)',
  ]);
  expect(logs.slice(1, 7)).toEqual([
    'TypeError: SharedArray is immutable',
    'TypeError: SharedArray is immutable',
    'TypeError: SharedArray is immutable',
    'TypeError: SharedArray is immutable',
    'TypeError: Cannot set property "own" on a dynamic array',
    'TypeError: Cannot make a dynamic object non-extensible',
  ]);
  expect(logs.slice(7).map((line) => line.split(':')[0])).toEqual(['TypeError', 'TypeError']);
});

test('what k6 refuses of a SharedArray is refused', async () => {
  const logs = await tell(
    [
      `new SharedArray('', () => [1])`,
      `new SharedArray('x')`,
      `new SharedArray('x', [1])`,
      `new SharedArray('x', async () => [1])`,
      `new SharedArray('x', () => ({ a: 1 }))`,
      `new SharedArray('x', () => null)`,
      `new SharedArray('x', () => { throw new RangeError('mine'); })`,
      `SharedArray('without new', () => [1])`,
    ],
    'init',
  );
  expect(logs).toEqual([
    'built',
    "GoError: empty name provided to SharedArray's constructor",
    "GoError: a function is expected as the second argument of SharedArray's constructor",
    "GoError: a function is expected as the second argument of SharedArray's constructor",
    'GoError: SharedArray constructor does not support async functions as second argument',
    'GoError: only arrays can be made into SharedArray',
    'TypeError: Cannot convert undefined or null to object',
    'RangeError: mine',
    '[ 1 ]',
  ]);
  expect(await tell([`new SharedArray('late', () => [1])`])).toEqual([
    'built',
    'GoError: new SharedArray must be called in the init context',
  ]);
});
