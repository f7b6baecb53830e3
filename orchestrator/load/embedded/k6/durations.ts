/** Milliseconds of Go's units, and no more: days are k6's own addition. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const dayMs = 86_400_000;
const part = String.raw`(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)`;

/**
 * k6's durations in milliseconds: a number of them, or Go's notation with whole days before it, `1d12h30m`, `1.5s`.
 * Throws where it is neither, and below 0.
 */
export function milliseconds(value: string | number): number {
  const ms = typeof value === 'number' ? value : parsed(value);
  if (ms >= 0) return ms;
  throw new Error(`\`${value}\` is no duration; write for example \`90s\` or \`1m30s\``);
}

/** NaN where it is no duration. */
function parsed(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const day = /^([+-]?\d+)d(.*)$/s.exec(text);
  if (!day) return ofUnits(text);
  const rest = day[2] === '' ? 0 : ofUnits(day[2] ?? '');
  return rest >= 0 ? Number(day[1]) * dayMs + rest : NaN;
}

function ofUnits(text: string): number {
  const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0;
  if (!new RegExp(`^(${part})+$`).test(body)) return NaN;
  let sum = 0;
  for (const [, amount, unit = ''] of body.matchAll(new RegExp(part, 'g'))) sum += Number(amount) * (units[unit] ?? 0);
  return sign === '-' ? -sum : sum;
}
