const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** k6's durations in milliseconds: a number of them, or Go's notation with days, `1m30s`; throws where it is neither. */
export function milliseconds(value: string | number): number {
  if (typeof value === 'number' && value >= 0) return value;
  const text = String(value);
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text))
    throw new Error(`\`${text}\` is no duration; write for example \`90s\` or \`1m30s\``);
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sum += Number(amount) * (units[unit ?? ''] ?? 0);
  return sum;
}
