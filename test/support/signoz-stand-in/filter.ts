import { invalid } from './refusal.ts';

export type Value = string | number | boolean;
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' | 'CONTAINS' | 'REGEXP';

/** A filter expression, parsed. */
export type Filter =
  | { readonly is: 'and'; readonly of: readonly Filter[] }
  | { readonly is: 'or'; readonly of: readonly Filter[] }
  | { readonly is: 'not'; readonly of: Filter }
  | { readonly is: 'exists'; readonly key: string; readonly negated: boolean }
  | { readonly is: 'in'; readonly key: string; readonly values: readonly Value[]; readonly negated: boolean }
  | {
      readonly is: 'between';
      readonly key: string;
      readonly bounds: readonly [Value, Value];
      readonly negated: boolean;
    }
  | {
      readonly is: 'comparison';
      readonly key: string;
      readonly operator: Operator;
      readonly value: Value;
      readonly negated: boolean;
    };

interface Token {
  readonly kind: 'sign' | 'text' | 'number' | 'key';
  readonly text: string;
}

const lexical: readonly (readonly [kind: Token['kind'], pattern: RegExp])[] = [
  ['sign', /\(|\)|\[|\]|,|==|=|!=|<>|<=|>=|<|>/y],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy],
  ['number', /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y],
  ['key', /[a-zA-Z_][\w:-]*(?:\.[a-zA-Z][\w:-]*)*/y],
];

function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < expression.length;) {
    if (/\s/.test(expression[at] ?? '')) {
      at += 1;
      continue;
    }
    const token = tokenAt(expression, at);
    if (!token) throw syntax(`line 1:${at} token recognition error at: '${expression[at]}'`);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(expression: string, at: number): Token | undefined {
  for (const [kind, pattern] of lexical) {
    pattern.lastIndex = at;
    const [text] = pattern.exec(expression) ?? [];
    if (text !== undefined) return { kind, text };
  }
  return undefined;
}

function syntax(detail: string): Error {
  return invalid('Found 1 syntax errors while parsing the search expression.', [detail]);
}

const reserved = new Set(
  'and or not in like ilike between exists exist regexp contains contain has hasany hasall true false'.split(' '),
);
const signs: Readonly<Record<string, Operator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const words: Readonly<Record<string, Operator>> = {
  LIKE: 'LIKE',
  ILIKE: 'ILIKE',
  CONTAINS: 'CONTAINS',
  CONTAIN: 'CONTAINS',
  REGEXP: 'REGEXP',
};

/** Parses by precedence: parentheses, NOT, AND (also where nothing stands between two conditions), OR. Throws Refused. */
export function parseFilter(expression: string): Filter {
  const parser = new Parser(tokensOf(expression));
  const filter = parser.or();
  parser.end();
  return filter;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  or(): Filter {
    const of = [this.#and()];
    while (this.#takeWord('OR')) of.push(this.#and());
    return one('or', of);
  }

  end(): void {
    if (this.#peek) throw this.#unexpected();
  }

  get #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #and(): Filter {
    const of = [this.#unary()];
    while (this.#takeWord('AND') || (this.#peek && !this.#is('OR') && this.#peek.text !== ')')) of.push(this.#unary());
    return one('and', of);
  }

  #unary(): Filter {
    if (this.#takeWord('NOT')) return { is: 'not', of: this.#primary() };
    return this.#primary();
  }

  #primary(): Filter {
    if (this.#takeSign('(')) {
      const inner = this.or();
      this.#expect(')');
      return inner;
    }
    const token = this.#next();
    if (token.kind !== 'key' || reserved.has(token.text.toLowerCase())) throw this.#unexpected(token);
    return this.#comparison(token.text);
  }

  #comparison(key: string): Filter {
    const sign = this.#peek?.kind === 'sign' ? signs[this.#peek.text] : undefined;
    if (sign) {
      this.#at += 1;
      return { is: 'comparison', key, operator: sign, value: this.#value(), negated: false };
    }
    const negated = this.#takeWord('NOT');
    const word = this.#next();
    const upper = word.text.toUpperCase();
    if (upper === 'EXISTS' || upper === 'EXIST') return { is: 'exists', key, negated };
    if (upper === 'IN') return { is: 'in', key, values: this.#list(), negated };
    if (upper === 'BETWEEN') return this.#between(key, negated);
    const operator = words[upper];
    if (!operator) throw this.#unexpected(word);
    return { is: 'comparison', key, operator, value: this.#value(), negated };
  }

  #between(key: string, negated: boolean): Filter {
    const low = this.#value();
    if (!this.#takeWord('AND')) throw this.#unexpected();
    return { is: 'between', key, bounds: [low, this.#value()], negated };
  }

  #list(): readonly Value[] {
    const close = this.#takeSign('(') ? ')' : this.#takeSign('[') ? ']' : undefined;
    if (!close) throw this.#unexpected();
    const values = [this.#value()];
    while (this.#takeSign(',')) values.push(this.#value());
    this.#expect(close);
    return values;
  }

  #value(): Value {
    const token = this.#next();
    if (token.kind === 'text') return unquoted(token.text);
    if (token.kind === 'number') return Number(token.text);
    if (token.kind !== 'key') throw this.#unexpected(token);
    if (/^(true|false)$/i.test(token.text)) return token.text.toLowerCase() === 'true';
    if (reserved.has(token.text.toLowerCase())) throw this.#unexpected(token);
    return token.text;
  }

  #next(): Token {
    const token = this.#peek;
    if (!token) throw this.#unexpected();
    this.#at += 1;
    return token;
  }

  #is(word: string): boolean {
    return this.#peek?.kind === 'key' && this.#peek.text.toUpperCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#is(word)) return false;
    this.#at += 1;
    return true;
  }

  #takeSign(sign: string): boolean {
    if (this.#peek?.kind !== 'sign' || this.#peek.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected();
  }

  #unexpected(token: Token | undefined = this.#peek): Error {
    return syntax(`mismatched input '${token?.text ?? '<EOF>'}'`);
  }
}

function one(is: 'and' | 'or', of: readonly Filter[]): Filter {
  const [only] = of;
  return of.length === 1 && only ? only : { is, of };
}

/** A text without its quotes: first `\\` becomes `\`, then `\'` becomes `'`. */
function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll('\\\\', '\\')
    .replaceAll(String.raw`\'`, "'");
}
