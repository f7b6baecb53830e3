import { conditionOf, fieldsOf, type Names } from './condition.ts';
import type { Field, Params } from './fields.ts';
import { parseFilter } from './filter.ts';
import { invalid } from './refusal.ts';

/** SQL of one aggregation, such as `count()`, `countIf(has_error = true)` or `p95(duration_nano)`. Throws Refused. */
export function aggregationOf(expression: string, names: Names, params: Params): string {
  const [, name = '', argument = ''] = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(expression) ?? [];
  const of = name.toLowerCase();
  if (of === 'count' && argument.trim() === '') return 'count(*)';
  if (of === 'countif') return `count(*) FILTER (${conditionOf(parseFilter(argument), names, params)})`;
  if (of === 'count_distinct' || of === 'countdistinct') return `count(DISTINCT ${columnOf(argument, names).sql})`;
  const [, percent] = /^p(50|75|90|95|99)$/.exec(of) ?? [];
  if (percent !== undefined) return `quantile_cont(${numberOf(argument, names)}, ${Number(percent) / 100})`;
  if (/^(avg|min|max|sum)$/.test(of)) return `${of}(${numberOf(argument, names)})::DOUBLE`;
  throw invalid(`failed to parse aggregation expression "${expression}"`);
}

function columnOf(argument: string, names: Names): Field {
  const name = argument.trim();
  const [field] = fieldsOf(names, name);
  if (!field) throw invalid(`failed to get table field name for "${name}"`);
  return field;
}

function numberOf(argument: string, names: Names): string {
  return `TRY_CAST(${columnOf(argument, names).sql} AS DOUBLE)`;
}

/** SQL of a condition on aggregations, which it names by their expression, their alias or `__result_0`. Throws Refused. */
export function havingOf(
  expression: string,
  aggregations: readonly { readonly expression: string; readonly alias?: string | undefined }[],
  { signal }: Pick<Names, 'signal'>,
  params: Params,
): string {
  const renamed = aggregations.reduce((text, { expression: aggregation, alias }, index) => {
    const named = text.replaceAll(aggregation, `result_${index}`).replaceAll(`__result_${index}`, `result_${index}`);
    return alias
      ? named.replaceAll(
          new RegExp(String.raw`(?<![\w.])${alias.replaceAll(/\W/g, String.raw`\$&`)}(?![\w.(])`, 'g'),
          `result_${index}`,
        )
      : named;
  }, expression);
  const known = new Map(
    aggregations.map((_, index): [string, readonly Field[]] => {
      const name = `result_${index}`;
      return [name, [{ name, type: 'number', context: 'attribute', sql: `"__result_${index}"` }]];
    }),
  );
  return conditionOf(parseFilter(renamed), { signal, known }, params);
}
