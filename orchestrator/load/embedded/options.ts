import { milliseconds } from './k6/durations.ts';

/** What is wrong with an option. The first of `patterns` that matches the script's text finds its place. */
export interface OptionProblem {
  readonly message: string;
  readonly patterns: readonly RegExp[];
  readonly hint: string;
  /** k6's exit code where it is not that of an invalid configuration. */
  readonly code?: number;
}

/** Everything that is wrong with a script's options; k6's exit code 104. */
export class OptionProblems extends Error {
  readonly problems: readonly OptionProblem[];

  constructor(problems: readonly OptionProblem[]) {
    super(problems.map(({ message }) => message).join('; '));
    this.problems = problems;
  }
}

export type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the options of one object as k6 does: a number may be written as text, `null` is as though it were not there.
 * What is wrong is noted in `problems`, and a value of the right type is given in its place, so that all problems are found at once.
 */
export class OptionReader {
  readonly owner: string;
  readonly problems: OptionProblem[];
  readonly #options: Values;
  readonly #asked = new Set<string>();

  constructor(options: Values, owner: string, problems: OptionProblem[]) {
    this.#options = options;
    this.owner = owner;
    this.problems = problems;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** As it was written; undefined where it was not, or is `null`. */
  value(name: string): unknown {
    return this.#get(name);
  }

  /** A whole number of at least `least`; without a default it must be there. */
  whole(name: string, least: number, fallback?: number): number {
    const value = this.#get(name) ?? fallback;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least) return number;
    this.wrong(name, value, `write a whole number of at least ${least}`);
    return least;
  }

  /** A duration in milliseconds, of at least `leastMs`; without a default it must be there. */
  duration(name: string, leastMs: number, fallback?: string | number): number {
    const value = this.#get(name) ?? fallback;
    const ms = durationOf(value);
    if (ms !== undefined && ms >= leastMs) return ms;
    const least = leastMs >= 1 ? ` of at least ${leastMs} ms` : leastMs > 0 ? ' greater than 0' : '';
    this.wrong(name, value, `write a duration like \`90s\` or \`1m30s\`${least}`);
    return leastMs;
  }

  text(name: string, fallback?: string): string {
    const value = this.#get(name) ?? fallback;
    if (typeof value === 'string' && (value !== '' || value === fallback)) return value;
    this.wrong(name, value, 'write a text');
    return '';
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#get(name) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.wrong(name, value, 'write `true` or `false`');
    return fallback;
  }

  /** An object whose values are texts. */
  texts(name: string): Readonly<Record<string, string>> {
    const value = this.#get(name) ?? {};
    if (isObject(value) && Object.values(value).every((one) => typeof one === 'string')) {
      return value as Record<string, string>;
    }
    this.wrong(name, value, 'write an object with texts, `{ key: "value" }`');
    return {};
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#get(name);
    if (value === undefined || Array.isArray(value)) return value;
    this.wrong(name, value, 'write a list, `[…]`');
    return undefined;
  }

  object(name: string): Values | undefined {
    const value = this.#get(name);
    if (value === undefined || isObject(value)) return value;
    this.wrong(name, value, 'write an object, `{ … }`');
    return undefined;
  }

  /** Accepted, and without effect on what this engine does. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** The options that nobody asked for. */
  unknown(): string[] {
    return Object.keys(this.#options).filter((name) => !this.#asked.has(name));
  }

  wrong(name: string, value: unknown, hint: string): void {
    const shown = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
    this.note(name, `\`${name}\` ${shown}`, hint);
  }

  /** Notes a problem with the option `name`. */
  note(name: string, message: string, hint: string): void {
    this.problems.push({ message: `${this.owner}: ${message}`, patterns: this.#patterns(name), hint });
  }

  /** First within the object that the option belongs to, then anywhere; a missing option is shown where its owner begins. */
  #patterns(name: string): readonly RegExp[] {
    const scenario = /^scenario (.*)$/.exec(this.owner)?.[1];
    const anywhere = keyPattern(name);
    if (scenario === undefined) return [anywhere, keyPattern('options'), /\boptions\b/];
    const owner = keyPattern(scenario).source;
    return [new RegExp(`(?<=${owner}\\s*\\{[^}]*?)${anywhere.source}`), keyPattern(scenario), anywhere];
  }

  #get(name: string): unknown {
    this.#asked.add(name);
    return this.#options[name] ?? undefined;
  }
}

/** Milliseconds of a duration as k6 writes it; undefined where it is none. */
export function durationOf(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    return milliseconds(value);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Where an option is written: `name:` or `"name":`. */
export function keyPattern(name: string): RegExp {
  return new RegExp(`(?<![\\w$])['"\`]?${literal(name)}['"\`]?\\s*:`);
}

/** The text itself as part of a pattern. */
export function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
