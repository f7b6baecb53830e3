// What is expected here was observed on k6 2.2.0.
import { expect, test, vi } from 'vitest';
import { parseJson } from '../../../orchestrator/load/embedded/k6/http/json-error.ts';
import { select } from '../../../orchestrator/load/embedded/k6/json-path.ts';

const shop = {
  goods: [
    { name: 'pot', price: 3, tags: ['a', 'b'], ok: true },
    { name: 'pan', price: 5, tags: ['c'], ok: false },
    { name: 'kettle', price: 9, tags: [], n: null },
  ],
  nums: [1, 5, 9],
  strs: ['x', 'yy'],
  'dotted.key': 7,
  own_a: { name: 'oa' },
  empty: [],
};

test.each([
  ['goods.1.name', 'pan'],
  ['goods.#', 3],
  ['goods.#.name', ['pot', 'pan', 'kettle']],
  ['goods.#.n', [null]],
  ['empty.#.x', []],
  ['goods.9.name', undefined],
  ['goods.name', undefined],
  ['nothing', undefined],
  ['', undefined],
  [String.raw`dotted\.key`, 7],
  ['own*.name', 'oa'],
  ['num?.1', 5],
  ['goods|0.price', 3],
  ['goods.#.name|0', 'pot'],
  ['goods.#(price>4).name', 'pan'],
  ['goods.#(price>4)#.name', ['pan', 'kettle']],
  ['goods.#(price>4)#|#', 2],
  ['goods.#(price>100)', undefined],
  ['goods.#(price>100)#', []],
  ['goods.#(name=="pot").price', 3],
  ['goods.#(name%"p*")#.name', ['pot', 'pan']],
  ['goods.#(name>"kz")#.name', ['pot', 'pan']],
  ['goods.#(ok==false).name', 'pan'],
  ['goods.#(n==null).name', undefined],
  ['goods.#(tags.#(=="b")).name', 'pot'],
  ['goods.#(tags.#>1).name', 'pot'],
  ['nums.#(>4)#', [5, 9]],
  ['strs.#(!%"y*")', 'x'],
])('%s', (path, found) => {
  expect(select(shop, path)).toEqual(found);
});

test.each(['@this', 'goods.@reverse', '{a,b}', '!"x"', 'goods.#(ok==~true)'])('%s is refused', (path) => {
  // The engine is told of a refusal, and there is none around this test.
  vi.stubGlobal('hostCall', () => undefined);
  expect(() => select(shop, path)).toThrow('is not played by the embedded engine');
});

test.each([
  ['', 'line 1, character 0 , error: unexpected end of JSON input'],
  ['{"a":}', "line 1, character 6 , error: invalid character '}' looking for beginning of value"],
  ['nope', "line 1, character 2 , error: invalid character 'o' in literal null (expecting 'u')"],
  ['{"a":1}\n x', "line 2, character 2 , error: invalid character 'x' after top-level value"],
  ['"a', 'line 1, character 2 , error: unexpected end of JSON input'],
  ['[1 2]', "line 1, character 4 , error: invalid character '2' after array element"],
  ['{a:1}', "line 1, character 2 , error: invalid character 'a' looking for beginning of object key string"],
  ['1.', "line 1, character 2 , error: invalid character ' ' after decimal point in numeric literal"],
])('%j is no JSON, with the place and the words of k6', (text, problem) => {
  expect(() => parseJson(text)).toThrow(`cannot parse json due to an error at ${problem}`);
});
