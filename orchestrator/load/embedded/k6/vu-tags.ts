// `exec.vu.tags` and `exec.vu.metrics`: https://grafana.com/docs/k6/latest/javascript-api/k6-execution/#vu
import type { Tags } from '../metrics/samples.ts';
import { current, currentTags, removeTag, setTag } from './bridge.ts';
import { GoError } from './go-error.ts';
import { isWanted, tagValue, testOptions } from './tag-values.ts';

/** All of this virtual user's tags; what the script writes here is on every sample from now on, until the scenario changes. */
export const tags = dictionary({
  all: () => {
    const { scenario } = current;
    const named: Tags = scenario && isWanted('scenario') ? { scenario: scenario.name } : {};
    return { ...testOptions().tags, ...named, ...currentTags() };
  },
  set: (name, value) => setTag(name, textOf(name, value, 'tag')),
  remove: removeTag,
});

/** Goes with samples to outputs that keep every sample; none of this engine does. */
export const metadata = dictionary({
  all: () => notes.of(current.scenario?.startTime),
  set: (name, value) => {
    notes.of(current.scenario?.startTime)[name] = textOf(name, value, 'metadata');
  },
  remove: (name) => {
    delete notes.of(current.scenario?.startTime)[name];
  },
});

/** Forgotten when another scenario begins. */
const notes = {
  scenario: undefined as number | undefined,
  kept: {} as Record<string, string>,
  of(scenario: number | undefined): Record<string, string> {
    if (scenario !== this.scenario) this.kept = {};
    this.scenario = scenario;
    return this.kept;
  },
};

/** k6 throws a TypeError here, and a GoError where the same is wrong with a sample's tags. */
function textOf(name: string, value: unknown, kind: 'tag' | 'metadata'): string {
  try {
    return tagValue(name, value, kind);
  } catch (error) {
    throw error instanceof GoError ? new TypeError(error.message) : error;
  }
}

interface Entries {
  all(): Tags;
  set(name: string, value: unknown): void;
  remove(name: string): void;
}

/** An object whose members are elsewhere. */
function dictionary({ all, set, remove }: Entries): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: (object, name) =>
        typeof name === 'string' && Object.hasOwn(all(), name) ? all()[name] : object[String(name)],
      has: (_, name) => typeof name === 'string' && Object.hasOwn(all(), name),
      ownKeys: () => Object.keys(all()),
      getOwnPropertyDescriptor: (_, name) =>
        typeof name === 'string' && Object.hasOwn(all(), name)
          ? { value: all()[name], writable: true, enumerable: true, configurable: true }
          : undefined,
      set: (_, name, value) => {
        set(String(name), value);
        return true;
      },
      deleteProperty: (_, name) => {
        remove(String(name));
        return true;
      },
    },
  );
}
