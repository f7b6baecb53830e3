/** Whether a text fits a pattern in which `*` is any text and `?` any character. */
export function matches(text: string, pattern: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** Of what is smaller as a negative number, what is equal as 0. */
const byOrder: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** A comparison of GJSON's queries; without an operator whether there is a value at all. */
export function compares(value: unknown, operator: string, wanted: string): boolean {
  if (value === undefined) return false;
  if (operator === '') return true;
  if (operator === '%' || operator === '!%')
    return typeof value === 'string' && matches(value, wanted) === (operator === '%');
  const order = orderOf(value, wanted);
  return order !== undefined && (byOrder[operator]?.(order) ?? false);
}

function orderOf(value: unknown, wanted: string): number | undefined {
  if (typeof value === 'string') return value === wanted ? 0 : value < wanted ? -1 : 1;
  if (typeof value === 'number') return value - (Number(wanted) || 0);
  if (typeof value === 'boolean') return String(value) === wanted ? 0 : value ? 1 : -1;
  return undefined;
}
