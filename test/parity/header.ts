/** What the comment lines at the top of a script say: what it shows, what it promises on either engine, and where the engines may differ. */
export interface Header {
  readonly about: string;
  /** Under https://grafana.com/docs/k6/latest/. */
  readonly docs: string;
  readonly promises: readonly Promised[];
  /** Lines that the engine's log must have. */
  readonly logs: readonly { readonly level: string; readonly text: string }[];
  /** What the engine must say, in whatever form: each has its own where it refuses a script. */
  readonly tells: readonly string[];
  readonly allowances: readonly Allowance[];
  /** `-e` of the command line. */
  readonly env: readonly string[];
}

/** `name` is a metric, or what compare.ts counts: `exit`, `requests`, `crossed`, `failing-checks` … */
export interface Promised {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** Where the engines may differ, and why. */
export interface Allowance {
  /** A fact's path with `*` for any characters, or `times`. */
  readonly facts: string;
  readonly how: 'within' | 'in any order' | 'not compared';
  /** Of `within`: of the value itself, or percent of the larger one. */
  readonly amount: number;
  readonly percent: boolean;
  readonly reason: string;
}

const known = new Set(['docs', 'promises', 'logs', 'tells', 'parity', 'env']);

/** Reads `// key: value` lines until the first line that is no comment; throws on a line that it does not understand, so that none is lost. */
export function readHeader(text: string): Header {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('// ')) break;
    lines.push(line.slice(3));
  }
  const [about = '', ...rest] = lines;
  const entries = rest.map((line) => /^([a-z]+): (.+)$/.exec(line) ?? fail(`no header line: ${line}`));
  for (const [, key] of entries) if (!known.has(key!)) fail(`no key of a header: ${key}`);
  const all = (key: string): string[] => entries.filter((entry) => entry[1] === key).map((entry) => entry[2]!);
  const [docs = fail('the header names no page of the documentation')] = all('docs');
  return {
    about,
    docs,
    promises: all('promises').flatMap((line) => line.split(', ').map(promised)),
    logs: all('logs').map((line) => {
      const [, level, logged] = /^(\w+) (.+)$/.exec(line) ?? fail(`no logged line: ${line}`);
      return { level: level!, text: logged! };
    }),
    tells: all('tells'),
    allowances: all('parity').map(allowance),
    env: all('env'),
  };
}

function promised(text: string): Promised {
  const [, name, min, max] = /^(\S+) ([\d.]+?)(?:\.\.([\d.]+))?$/.exec(text) ?? fail(`no promise: ${text}`);
  return { name: name!, min: Number(min), max: Number(max ?? min) };
}

function allowance(text: string): Allowance {
  const [, facts, how, reason] =
    /^(.+?) (±\d+(?: ms|%)?|in any order|not compared) because (.+)$/.exec(text) ?? fail(`no allowance: ${text}`);
  const within = how!.startsWith('±');
  return {
    facts: facts!,
    how: within ? 'within' : (how as 'in any order' | 'not compared'),
    amount: within ? Number.parseFloat(how!.slice(1)) : 0,
    percent: how!.endsWith('%'),
    reason: reason!,
  };
}

function fail(message: string): never {
  throw new Error(message);
}
