// Evaluated before the script: what k6 offers without an import.
import { console } from './console.ts';
import { open, resolveHere } from './files.ts';
import { GoError } from './go-error.ts';
import { TextDecoder, TextEncoder } from './text-encoding.ts';
import { clearInterval, clearTimeout, setInterval, setTimeout } from './timers.ts';
import { crypto } from './web-crypto.ts';

Object.assign(globalThis, {
  GoError,
  TextDecoder,
  TextEncoder,
  clearInterval,
  clearTimeout,
  console,
  crypto,
  open,
  setInterval,
  setTimeout,
});

Object.defineProperty(globalThis, 'global', { get: () => globalThis, configurable: true, enumerable: true });

/** What the bundler puts in the place of `import.meta.resolve`. */
Object.defineProperty(globalThis, '__importMetaResolve', { value: resolveHere });

/** A file with `import` or `export` has neither; those of a CommonJS file are its own. */
for (const name of ['module', 'exports']) {
  Object.defineProperty(globalThis, name, {
    get: () => {
      throw new GoError(
        `\`${name}\` belongs to CommonJS, and a file with \`import\` or \`export\` is an ES module: write it in one of the two`,
      );
    },
  });
}

/** What the interpreter has and k6 has not: a script that looks for it must find the same on both. */
const notInK6 = [
  'Atomics',
  'FinalizationRegistry',
  'Float16Array',
  'InternalError',
  'Iterator',
  'SharedArrayBuffer',
  'WeakRef',
];

for (const name of notInK6) Reflect.deleteProperty(globalThis, name);

/** So it is with members: parity's `built-ins.js` compares those of what scripts use most. */
const membersNotInK6: readonly (readonly [owner: object, names: string])[] = [
  [ArrayBuffer.prototype, 'detached maxByteLength resizable resize transfer transferToFixedLength'],
  [DataView.prototype, 'getFloat16 setFloat16'],
  [Date.prototype, 'getYear setYear toGMTString'],
  [Error, 'isError'],
  [Map, 'groupBy'],
  [Map.prototype, 'getOrInsert getOrInsertComputed'],
  [Math, 'f16round sumPrecise'],
  [Object, 'groupBy'],
  [Object.prototype, '__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__'],
  [Promise, 'try withResolvers'],
  [RegExp, 'escape'],
  [RegExp.prototype, 'hasIndices unicodeSets'],
  [Set, 'groupBy'],
  [Set.prototype, 'difference intersection isDisjointFrom isSubsetOf isSupersetOf symmetricDifference union'],
  [String.prototype, 'anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup'],
  [String.prototype, 'isWellFormed toWellFormed'],
  [WeakMap.prototype, 'getOrInsert getOrInsertComputed'],
];

for (const [owner, names] of membersNotInK6) for (const name of names.split(' ')) Reflect.deleteProperty(owner, name);
