import { GoError } from '../go-error.ts';

/** Throws k6's error, with the place in the text and the words of Go's encoding/json, where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { at, reason } = new Scanner(text).problem();
    const [line, character] = placeOf(text, at);
    throw new GoError(`cannot parse json due to an error at line ${line}, character ${character} , error: ${reason}`);
  }
}

interface Problem {
  readonly at: number;
  readonly reason: string;
}

class Unexpected extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.reason);
    this.problem = problem;
  }
}

/** Looks for the first character that cannot be. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  problem(): Problem {
    try {
      this.#value();
      this.#space();
      if (this.#at < this.#text.length) this.#fail('after top-level value');
    } catch (error) {
      if (error instanceof Unexpected) return error.problem;
      throw error;
    }
    return { at: this.#text.length, reason: 'unexpected end of JSON input' };
  }

  #value(): void {
    this.#space();
    const first = this.#text.charAt(this.#at);
    if (first === '{') this.#members('}', 'object key:value pair', () => this.#member());
    else if (first === '[') this.#members(']', 'array element', () => this.#value());
    else if (first === '"') this.#string();
    else if (first === 't' || first === 'f' || first === 'n') this.#word(words[first]);
    else if (/[-\d]/.test(first)) this.#number();
    else this.#fail('looking for beginning of value');
  }

  #members(end: string, after: string, member: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#takes(end)) return;
    do member();
    while (this.#goesOn(end, after));
  }

  #goesOn(end: string, after: string): boolean {
    this.#space();
    if (this.#takes(end)) return false;
    if (this.#takes(',')) return true;
    return this.#fail(`after ${after}`);
  }

  #member(): void {
    this.#space();
    if (this.#text.charAt(this.#at) !== '"') this.#fail('looking for beginning of object key string');
    this.#string();
    this.#space();
    if (!this.#takes(':')) this.#fail('after object key');
    this.#value();
  }

  #string(): void {
    this.#at += 1;
    for (; this.#text.charAt(this.#at) !== '"'; this.#at += 1) {
      if (this.#at >= this.#text.length || this.#text.charCodeAt(this.#at) < 0x20) this.#fail('in string literal');
      if (this.#text.charAt(this.#at) === '\\') this.#escape();
    }
    this.#at += 1;
  }

  #escape(): void {
    this.#at += 1;
    if (!/["\\/bfnrtu]/.test(this.#text.charAt(this.#at))) this.#fail('in string escape code');
    if (this.#text.charAt(this.#at) !== 'u') return;
    for (let digit = 0; digit < 4; digit += 1) {
      this.#at += 1;
      if (!/[\da-f]/i.test(this.#text.charAt(this.#at))) this.#fail(String.raw`in \u hexadecimal character escape`);
    }
  }

  #word(word: string): void {
    for (const expected of word) {
      if (!this.#takes(expected)) this.#fail(`in literal ${word} (expecting '${expected}')`);
    }
  }

  #number(): void {
    if (this.#takes('-') && !/\d/.test(this.#text.charAt(this.#at))) this.#fail('in numeric literal');
    if (!this.#takes('0')) this.#digits('in numeric literal');
    if (this.#takes('.')) this.#digits('after decimal point in numeric literal');
    if (!this.#takes('e') && !this.#takes('E')) return;
    if (!this.#takes('+')) this.#takes('-');
    this.#digits('in exponent of numeric literal');
  }

  #digits(otherwise: string): void {
    const begin = this.#at;
    while (/\d/.test(this.#text.charAt(this.#at))) this.#at += 1;
    if (this.#at === begin) this.#fail(otherwise);
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at += 1;
  }

  #takes(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #fail(where: string): never {
    const at = this.#at;
    const ends = at >= this.#text.length;
    // Go's decoder sees a space after a literal or number that ends too early.
    const early = ends && /literal \w+ \(|numeric/.test(where);
    if (ends && !early) throw new Unexpected({ at, reason: 'unexpected end of JSON input' });
    throw new Unexpected({ at, reason: `invalid character ${shown(ends ? ' ' : this.#text.charAt(at))} ${where}` });
  }
}

const words = { t: 'true', f: 'false', n: 'null' } as const;

function shown(character: string): string {
  if (character === "'") return String.raw`'\''`;
  if (character === '"') return `'"'`;
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.raw`'\x${code.toString(16).padStart(2, '0')}'` : `'${character}'`;
}

/** Counted from 1. */
function placeOf(text: string, at: number): [line: number, character: number] {
  const lines = text.slice(0, Math.min(at + 1, text.length)).split('\n');
  return [lines.length, lines.at(-1)?.length ?? 0];
}
