// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { shown } from '../../../orchestrator/load/embedded/k6/console.ts';
import { playGuest, tellingScript } from '../../support/guest-script.ts';

const circle: Record<string, unknown> = { a: 1 };
circle['self'] = circle;

test.each<[unknown, string]>([
  ['text', 'text'],
  [-0, '0'],
  [5n, '5'],
  [undefined, 'undefined'],
  [Symbol('q'), 'q'],
  [() => 1, '[object Function]'],
  [new TypeError('y'), 'TypeError: y'],
  [
    { e: new Error('z'), f: () => 1, u: undefined, n: null, s: 'q"uote' },
    '{ e: Error: z, f: [object Function], u: null, n: null, s: "q"uote" }',
  ],
  [new Date(5), '"1970-01-01T00:00:00.005Z"'],
  [{ bad: new Date(NaN), r: /x/, m: new Map([[1, 2]]) }, '{ bad: {}, r: {}, m: {} }'],
  [[1, 'a', [], {}, [[1]], null, undefined], '[ 1, "a", [], {}, [ [ 1 ] ], null, null ]'],
  [Array.from({ length: 2 }), '[ null, null ]'],
  [circle, '{ a: 1, self: [Circular] }'],
  [[circle['a'], circle['a']], '[ 1, 1 ]'],
  [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
  [new Uint8ClampedArray([3]), 'Uint8Array(1) [ 3 ]'],
  [new Float32Array(0), 'Float32Array(0) []'],
  [new ArrayBuffer(2), 'ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }'],
  [new DataView(new ArrayBuffer(2)), '{}'],
])('the console shows %o as k6 does', (value, text) => {
  expect(shown(value)).toBe(text);
});

test('open() reads texts and bytes, relative to the file whose own code runs', async () => {
  const { logs, folder } = await playGuest(
    `import { fromLib } from './lib/lib.js';
    const tell = (f) => { try { console.log(f()); } catch (e) { console.log(e.name + ': ' + e.message); } };
    tell(() => open('./data.txt')); tell(() => open('lib/bytes.bin', 'b')); tell(() => open('lib/bytes.bin').length);
    tell(() => fromLib('data.txt')); tell(() => open('nothing.txt')); tell(() => open('')); tell(() => open('lib'));
    export default function () { tell(() => open('data.txt')); }`,
    {
      users: 1,
      files: {
        'data.txt': 'main',
        'lib/data.txt': 'lib',
        'lib/bytes.bin': new Uint8Array([104, 255]),
        'lib/lib.js': `console.log(open('data.txt')); export const fromLib = (path) => open(path);`,
      },
    },
  );
  expect(logs).toEqual([
    'lib',
    'main',
    'ArrayBuffer { [Uint8Contents]: <68 ff>, byteLength: 2 }',
    '2',
    expect.stringContaining(`open() in ${folder}/lib/lib.js is relative to ${folder}`),
    'main',
    `GoError: stat ${folder}/nothing.txt: no such file or directory`,
    "GoError: open() can't be used with an empty filename",
    `GoError: open() can't be used with directories, path: "${folder}/lib"`,
    expect.stringMatching(/^GoError: the "open" function is only available in the init stage/),
  ]);
});

test('a file that the first virtual user did not open cannot be opened by another', async () => {
  const { logs, folder } = await playGuest(
    `try { open(__VU === 0 ? 'a.txt' : 'b.txt'); } catch (e) { console.log(e.message); } export default function () {}`,
    { files: { 'a.txt': 'a', 'b.txt': 'b' } },
  );
  expect(logs).toEqual([
    `open() of "${folder}/b.txt" in a virtual user, which the script did not open when it was loaded first: ` +
      'every copy of it must open the same files',
  ]);
});

test('import.meta.resolve makes the URL of a file beside the one that calls', async () => {
  const { logs, folder } = await playGuest(
    `import { data } from './lib/lib.js'; console.log(import.meta.resolve('./x.json'), open(data)); export default function () {}`,
    {
      users: 1,
      files: { 'lib/lib.js': `export const data = import.meta.resolve('./data.txt');`, 'lib/data.txt': 'found' },
    },
  );
  expect(logs).toEqual([`file://${folder}/x.json found`]);
});

test('there are k6’s globals and none of the interpreter’s own', async () => {
  const { logs } = await playGuest(
    tellingScript('', [
      '[typeof SharedArrayBuffer, typeof WeakRef, typeof structuredClone, typeof URL, typeof fetch, typeof process]',
      'global === globalThis',
      'module',
      '[new GoError("a").name, GoError.name, __ENV.FROM]',
    ]),
  );
  expect(logs).toEqual([
    `[ ${Array(6).fill('"undefined"').join(', ')} ]`,
    'true',
    expect.stringMatching(/^GoError: `module` belongs to CommonJS/),
    '[ "GoError", "GoError", "outside" ]',
  ]);
});
