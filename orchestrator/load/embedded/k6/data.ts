// Module `k6/data`: https://grafana.com/docs/k6/latest/javascript-api/k6-data/
import { callHost, callHostText, current } from './bridge.ts';
import { GoError } from './go-error.ts';

/**
 * An array that all virtual users share: `build` is called once in the whole test, the engine keeps the elements as JSON, and each virtual user
 * makes a frozen copy of an element whenever it reads one. Read-only. Works without `new`, as in k6.
 */
export const SharedArray = function sharedArray(name?: unknown, build?: unknown): readonly unknown[] {
  if (current.exec !== '') throw new GoError('new SharedArray must be called in the init context');
  const key = String(name);
  if (key === '') throw new GoError("empty name provided to SharedArray's constructor");
  if (typeof build !== 'function')
    throw new GoError("a function is expected as the second argument of SharedArray's constructor");
  if (build.constructor.name === 'AsyncFunction')
    throw new GoError('SharedArray constructor does not support async functions as second argument');
  let length = callHost('shared.length', key) as number;
  if (length < 0) {
    const elements = elementsOf((build as () => unknown)());
    length = elements.length;
    callHost('shared.put', { name: key, elements });
  }
  return readOnlyArray(key, length);
} as unknown as { new (name?: unknown, build?: unknown): readonly unknown[] };

/** As JSON; what JSON has no word for is no JSON, and an error when it is read, as in k6. */
function elementsOf(built: unknown): string[] {
  if (built === null || built === undefined) throw new TypeError('Cannot convert undefined or null to object');
  if (!Array.isArray(built)) throw new GoError('only arrays can be made into SharedArray');
  return Array.from(built as unknown[], (element) => JSON.stringify(element) ?? 'undefined');
}

function readOnlyArray(name: string, length: number): readonly unknown[] {
  const element = (index: number): unknown => frozen(JSON.parse(callHostText('shared.get', `${index} ${name}`)));
  const has = (key: string | symbol): boolean => indexOf(key) < length;
  return new Proxy<unknown[]>([], {
    get(target, key) {
      if (key === 'length') return length;
      const index = indexOf(key);
      if (index < length) return element(index);
      return index < Infinity ? undefined : (Reflect.get(target, key) as unknown);
    },
    has: (target, key) => has(key) || (indexOf(key) === Infinity && Reflect.has(target, key)),
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), 'length'],
    getOwnPropertyDescriptor(_, key) {
      if (key === 'length') return { value: length, writable: true, enumerable: false, configurable: false };
      return has(key)
        ? { value: element(indexOf(key)), writable: true, enumerable: true, configurable: true }
        : undefined;
    },
    set(_, key) {
      if (key !== 'length' && indexOf(key) === Infinity)
        throw new TypeError(`Cannot set property "${String(key)}" on a dynamic array`);
      throw immutable();
    },
    defineProperty: () => {
      throw immutable();
    },
    deleteProperty: (_, key) => {
      if (has(key)) throw immutable();
      return true;
    },
    preventExtensions: () => {
      throw new TypeError('Cannot make a dynamic object non-extensible');
    },
    setPrototypeOf: () => {
      throw immutable();
    },
  });
}

const immutable = (): TypeError => new TypeError('SharedArray is immutable');

/** Infinity for what is no index. */
function indexOf(key: string | symbol): number {
  return typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Infinity;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
