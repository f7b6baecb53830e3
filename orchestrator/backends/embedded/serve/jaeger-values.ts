/** What Go's parsers make of a query parameter, and what they say of one they cannot read: Jaeger hands both through to its clients. */

/** An answer other than 200, in whatever form the API asked has for it. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** strconv.ParseInt, and strconv.Atoi where `by` says so. */
export function wholeNumber(text: string, by: 'ParseInt' | 'Atoi' = 'ParseInt'): bigint {
  if (!/^[-+]?\d+$/.test(text)) throw new SyntaxError(`strconv.${by}: parsing ${quoted(text)}: invalid syntax`);
  const number = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, number) === number) return number;
  throw new SyntaxError(`strconv.${by}: parsing ${quoted(text)}: value out of range`);
}

/** strconv.ParseBool. */
export function bool(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new SyntaxError(`strconv.ParseBool: parsing ${quoted(text)}: invalid syntax`);
}

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** time.ParseDuration: `1h2m`, `1.5ms`. Nanoseconds. */
export function duration(text: string): bigint {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)[^\d.]*)+$/.test(rest)) throw new SyntaxError(`time: invalid duration ${quoted(text)}`);
  let total = 0;
  for (const [, amount, unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)) {
    const nanos = unitNs[unit];
    if (unit === '') throw new SyntaxError(`time: missing unit in duration ${quoted(text)}`);
    if (nanos === undefined) throw new SyntaxError(`time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`);
    total += Number(amount) * nanos;
  }
  // Go's durations are 64-bit.
  if (total >= 2 ** 63) throw new SyntaxError(`time: invalid duration ${quoted(text)}`);
  return BigInt(Math.round(sign === '-' ? -total : total));
}

const timeFormat = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[-+]\d\d:\d\d)$/;

/** time.Parse with time.RFC3339Nano. Nanoseconds since the epoch. */
export function time(text: string): bigint {
  const [, seconds = '', fraction = '', zone = ''] = timeFormat.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (!Number.isFinite(ms)) {
    throw new SyntaxError(`parsing time ${quoted(text)} as "2006-01-02T15:04:05.999999999Z07:00"`);
  }
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** A trace id of up to 32 hexadecimal digits in any case, as all 32 in lower case. */
export function traceIdOf(text: string): string {
  if (text.length > 32) throw new SyntaxError(`TraceID cannot be longer than 32 hex characters: ${text}`);
  if (!/^[0-9a-f]+$/i.test(text)) throw new SyntaxError(`strconv.ParseUint: parsing ${quoted(text)}: invalid syntax`);
  return text.toLowerCase().padStart(32, '0');
}

/** A JSON object of strings, of which every attribute is looked for. */
export function stringMap(text: string): Readonly<Record<string, string>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('it is not a JSON object');
  }
  const other = Object.values(value).find((entry) => typeof entry !== 'string');
  if (other === undefined) return value as Readonly<Record<string, string>>;
  throw new SyntaxError(`json: cannot unmarshal ${typeof other} into Go value of type string`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
