import { milliseconds } from './k6/durations.ts';

/** An option this engine cannot follow. `pattern` finds the place in the script. */
export class OptionError extends Error {
  readonly pattern: RegExp;
  readonly hint: string;

  constructor(message: string, pattern: RegExp, hint: string) {
    super(message);
    this.pattern = pattern;
    this.hint = hint;
  }
}

/** Reads the options of one object, and knows in the end which were not asked for. */
export class OptionReader {
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #owner: string;
  readonly #asked = new Set<string>();

  constructor(options: Readonly<Record<string, unknown>>, owner: string) {
    this.#options = options;
    this.#owner = owner;
  }

  /** A whole number of at least `least`; without a default it must be there. */
  count(name: string, least: number, fallback?: number): number {
    const value = this.#get(name) ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
    return this.#wrong(name, value, `a whole number of at least ${least}`);
  }

  /** A duration in milliseconds. */
  duration(name: string, fallback?: string): number {
    const value = this.#get(name) ?? fallback;
    if (typeof value === 'string' || typeof value === 'number') {
      try {
        return milliseconds(value);
      } catch {
        // Said below, with its place.
      }
    }
    return this.#wrong(name, value, 'a duration like `90s` or `1m30s`');
  }

  text(name: string, fallback?: string): string {
    const value = this.#get(name) ?? fallback;
    return typeof value === 'string' && value !== '' ? value : this.#wrong(name, value, 'a text');
  }

  /** Accepted, and without effect on what this engine shows. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** Throws an OptionError for the first option that nobody asked for. */
  end(hint: string): void {
    const unknown = Object.keys(this.#options).find((name) => !this.#asked.has(name));
    if (unknown !== undefined)
      throw new OptionError(
        `${this.#owner}: the embedded engine has no option \`${unknown}\``,
        keyPattern(unknown),
        hint,
      );
  }

  #get(name: string): unknown {
    this.#asked.add(name);
    return this.#options[name];
  }

  #wrong(name: string, value: unknown, wanted: string): never {
    const shown = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
    throw new OptionError(`${this.#owner}: \`${name}\` ${shown}`, keyPattern(name), `write ${wanted}`);
  }
}

/** Where an option is written: `name:` or `"name":`. */
export function keyPattern(name: string): RegExp {
  return new RegExp(`['"\`]?\\b${literal(name)}['"\`]?\\s*:`);
}

/** The text itself as part of a pattern. */
export function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
