import type { Tags } from '../metrics/samples.ts';
import { callHost, currentTags } from './bridge.ts';
import { GoError } from './go-error.ts';

interface KnownOptions {
  readonly systemTags?: readonly string[] | null;
  readonly tags?: Tags | null;
  readonly throw?: boolean | null;
}

let known: KnownOptions | undefined;

/** The options of the test as they stand, asked for once; not to be used while a script is loaded, when they still change. */
export function testOptions(): KnownOptions {
  known ??= (callHost('test.options') ?? {}) as KnownOptions;
  return known;
}

/** Whether the test wants this one of k6's own tags on its samples: option `systemTags`. */
export function isWanted(systemTag: string): boolean {
  return testOptions().systemTags?.includes(systemTag) ?? true;
}

/** A tag's value as text; throws k6's error where it is no text, number or boolean. */
export function tagValue(name: string, value: unknown, kind: 'tag' | 'metadata' = 'tag'): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new GoError(
    `invalid value for metric ${kind} '${name}': only String, Boolean and Number types are accepted as a metric ` +
      (kind === 'tag' ? 'tag values' : 'metadata value'),
  );
}

/** The current tags and those that a script gives for one sample. A text is an object of its characters, as in k6. */
export function tagsWith(own: unknown): Tags {
  if (own === null || own === undefined) return currentTags();
  const names = Object.keys(own);
  if (names.length === 0) return currentTags();
  const values = own as Readonly<Record<string, unknown>>;
  return { ...currentTags(), ...Object.fromEntries(names.map((name) => [name, tagValue(name, values[name])])) };
}
