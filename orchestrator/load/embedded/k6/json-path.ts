import { compares, matches } from './json-query.ts';
import { stepsOf, type Query, type Step } from './json-steps.ts';

/**
 * What a path of GJSON's syntax finds, undefined where there is nothing: names with wildcards, indices, `#`, queries, pipes. Its modifiers,
 * literals and multipaths are refused. https://github.com/tidwall/gjson/blob/master/SYNTAX.md
 */
export function select(value: unknown, path: string): unknown {
  return path === '' ? undefined : walk(value, stepsOf(path));
}

function walk(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(value)) return walkArray(value, step, rest);
  if (value === null || typeof value !== 'object' || step.query) return undefined;
  const name = step.isPattern ? Object.keys(value).find((key) => matches(key, step.text)) : step.text;
  if (name === undefined || !Object.hasOwn(value, name)) return undefined;
  return walk((value as Record<string, unknown>)[name], rest);
}

function walkArray(values: readonly unknown[], step: Step, rest: readonly Step[]): unknown {
  if (step.query) return walkQuery(values, step.query, rest);
  if (step.text === '#' && !step.isPattern) return rest.length === 0 ? values.length : walkEach(values, rest);
  return /^\d+$/.test(step.text) && Number(step.text) < values.length
    ? walk(values[Number(step.text)], rest)
    : undefined;
}

function walkQuery(values: readonly unknown[], query: Query, rest: readonly Step[]): unknown {
  const fits = (one: unknown): boolean =>
    compares(query.path === '' ? one : select(one, query.path), query.operator, query.value);
  if (query.all) return walkEach(values.filter(fits), rest);
  const found = values.find(fits);
  return found === undefined ? undefined : walk(found, rest);
}

/** The steps up to a pipe are those of each element, the others those of what they found. */
function walkEach(values: readonly unknown[], steps: readonly Step[]): unknown {
  const pipe = steps.findIndex((step) => step.isPiped);
  const [each, after] = pipe < 0 ? [steps, []] : [steps.slice(0, pipe), steps.slice(pipe)];
  const found = values.map((one) => walk(one, each)).filter((one) => one !== undefined);
  return walk(found, after);
}
