import { refuse } from './bridge.ts';

/** What a path of names and indices, `items.0.id`, finds; undefined where there is nothing. The rest of GJSON's syntax is refused. */
export function select(value: unknown, selector: string): unknown {
  if (/[#@*?|!{}[\]\\]/.test(selector)) refuse(`the JSON selector \`${selector}\``);
  let found = value;
  for (const step of selector.split('.')) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
}
