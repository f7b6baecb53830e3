// Module `k6`: https://grafana.com/docs/k6/latest/javascript-api/k6/
import type { Tags } from '../metrics/samples.ts';
import { asText } from './as-text.ts';
import { callHost, current, currentTags, emit, refuse, setTag, sendSamples } from './bridge.ts';
import { fromBase64 } from './bytes.ts';
import { GoError } from './go-error.ts';
import { GoRandom } from './go-random.ts';
import { isWanted, tagsWith } from './tag-values.ts';

const separator = '::';
const separatorRefusal = "group and check names may not contain '::'";

/**
 * Runs every test in order; each is a sample of `checks`. A test that throws counts as failed, the ones after it are not run, and its error goes
 * on to the caller, as in k6. Throws in the init context, for an async test, and for a name with `::`.
 */
export function check(value: unknown, sets: unknown, tags?: unknown): boolean {
  if (current.exec === '') throw new GoError('Using check() in the init context is not supported');
  if (sets === undefined) throw new GoError('no checks provided to `check`');
  const tagsOf = taggerFor(tagsWith(tags));
  if (sets === null) throw new TypeError('Cannot convert undefined or null to object');
  let all = true;
  for (const name of Object.keys(sets)) {
    if (name.includes(separator)) throw new GoError(separatorRefusal);
    const test = (sets as Readonly<Record<string, unknown>>)[name];
    if (isAsync(test)) throw new GoError(asyncCheck);
    let passed = false;
    try {
      passed = Boolean(typeof test === 'function' ? (test as (value: unknown) => unknown)(value) : test);
    } finally {
      emit({ metric: 'checks', value: passed ? 1 : 0, tags: tagsOf(name) });
    }
    all &&= passed;
  }
  return all;
}

type Tagger = (name: string) => Tags;

const taggers = new WeakMap<Tags, Tagger>();

/** The same tags are the same object again, which makes a check cheaper for all who come after. */
function taggerFor(common: Tags): Tagger {
  const known = taggers.get(common);
  if (known) return known;
  const made: Tagger = isWanted('check') ? remembered((name) => ({ ...common, check: name })) : () => common;
  taggers.set(common, made);
  return made;
}

function remembered(make: Tagger): Tagger {
  const made = new Map<string, Tags>();
  return (name) => {
    const tags = made.get(name) ?? make(name);
    // A name made of numbers that never end must not fill the memory.
    if (made.size < mostRemembered) made.set(name, tags);
    return tags;
  };
}

const mostRemembered = 1000;

const asyncCheck = 'check() takes no async functions: await the value first, and check what comes of it';

/** k6 looks at the name of the constructor, and so takes a subclass for no async function too. */
function isAsync(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const made = value.constructor as { name?: string } | undefined;
  return made !== Function && made?.name === 'AsyncFunction';
}

/**
 * Calls `body` under the tag `group` of the outer group's path, `::` and `name`, and gives what it gives; a sample of `group_duration` follows,
 * also where it throws. What runs later, a promise's or a timer's callback, is outside of the group.
 */
export function group(name: unknown, body?: unknown): unknown {
  if (current.exec === '') throw new GoError('Using group() in the init context is not supported');
  if (typeof body !== 'function') throw new GoError('group() requires a callback as a second argument');
  if (isAsync(body)) throw new GoError(asyncGroup);
  const outer = currentTags()['group'] ?? '';
  const inner = groupPath(outer, String(name));
  const tracked = isWanted('group');
  if (tracked) setTag('group', inner);
  const startedAt = now();
  try {
    return (body as (this: undefined) => unknown).call(undefined);
  } finally {
    emit({ metric: 'group_duration', value: now() - startedAt, tags: currentTags() });
    if (tracked) setTag('group', outer);
  }
}

const asyncGroup = 'group() takes no async function';

function groupPath(outer: string, name: string): string {
  if (name.includes(separator)) throw new GoError(separatorRefusal);
  return outer === '' && name === '' ? '' : outer + separator + name;
}

/** The engine's clock where it has one that is finer than the interpreter's milliseconds. */
const now = (): number => callHost('time.now') as number;

/** Waits; anything that is no number, or none above 0, is no time, as in k6. */
export function sleep(seconds?: unknown): void {
  const ms = Number(seconds) * 1000;
  if (!(ms > 0 && ms < longestMs)) return;
  if (current.exec === '') refuse('sleep() while the script is loaded');
  sendSamples();
  callHost('timers.wait', ms);
}

/** k6 counts in nanoseconds of 64 bits, and what they do not hold is no time either. */
const longestMs = 2 ** 63 / 1e6;

/** Ends the iteration by an error with this message. */
export function fail(message?: unknown): never {
  throw new GoError(asText(message));
}

const unseeded = Math.random;

/** Makes `Math.random` of this virtual user repeatable, with k6's own numbers; while the script is loaded, only until that has ended, as in k6. */
export function randomSeed(seed?: unknown): void {
  if (typeof seed === 'bigint') throw new TypeError('Cannot convert a BigInt value to a number');
  const number = Math.trunc(Number(seed));
  const state = callHost('random.seed', Number.isFinite(number) ? String(BigInt(number)) : '0') as string;
  const random = new GoRandom(fromBase64(state));
  const isLoading = current.exec === '';
  Math.random = () => {
    if (isLoading && current.exec !== '') Math.random = unseeded;
    return isLoading && current.exec !== '' ? unseeded() : random.next();
  };
}
