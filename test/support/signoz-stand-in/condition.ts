import { type DataType, type Field, intrinsics, type Params, type Signal } from './fields.ts';
import type { Filter, Operator, Value } from './filter.ts';
import { invalid } from './refusal.ts';

/** What names may mean in one query. */
export interface Names {
  readonly signal: Signal;
  readonly known: ReadonlyMap<string, readonly Field[]>;
}

const contexts: Readonly<Record<string, Field['context']>> = {
  span: 'span',
  log: 'log',
  attribute: 'attribute',
  tag: 'attribute',
  resource: 'resource',
};
const types: Readonly<Record<string, DataType>> = {
  string: 'string',
  number: 'number',
  float64: 'number',
  int64: 'number',
  bool: 'bool',
};

/** Fields that a name with an optional `context.` before and `:type` after it means; none where nothing ever had it. */
export function fieldsOf({ signal, known }: Names, key: string): readonly Field[] {
  const { context, type, name } = partsOf(key);
  const own = intrinsics[signal].get(name);
  const named = [...(own ? [own] : []), ...(known.get(name) ?? [])].filter(
    (field) => (context === undefined || field.context === context) && (type === undefined || field.type === type),
  );
  // What looks like a context may be the beginning of a name.
  if (named.length === 0 && context !== undefined) return known.get(key) ?? [];
  const resource = named.filter((field) => field.context === 'resource');
  const isMixed = resource.length > 0 && named.some((field) => field.context === 'attribute');
  return isMixed ? resource : named;
}

function partsOf(key: string): {
  readonly context: Field['context'] | undefined;
  readonly type: DataType | undefined;
  readonly name: string;
} {
  const dot = key.indexOf('.');
  const context = contexts[key.slice(0, Math.max(0, dot))];
  const rest = context === undefined ? key : key.slice(dot + 1);
  const colon = rest.lastIndexOf(':');
  const type = colon < 0 ? undefined : types[rest.slice(colon + 1)];
  return { context, type, name: type === undefined ? rest : rest.slice(0, colon) };
}

/** SQL of a filter. Throws Refused for keys that nothing ever had, all of them at once. */
export function conditionOf(filter: Filter, names: Names, params: Params): string {
  const missing = new Set<string>();
  const sql = sqlOf(filter, { names, params, missing });
  if (missing.size === 0) return sql;
  throw invalid(
    `Found ${missing.size} errors while parsing the search expression.`,
    [...missing].map((key) => `key \`${key}\` not found`),
  );
}

interface Context {
  readonly names: Names;
  readonly params: Params;
  readonly missing: Set<string>;
}

function sqlOf(filter: Filter, context: Context): string {
  if (filter.is === 'and' || filter.is === 'or') {
    return `(${filter.of.map((part) => sqlOf(part, context)).join(filter.is === 'and' ? ' AND ' : ' OR ')})`;
  }
  if (filter.is === 'not') return `(NOT (${sqlOf(filter.of, context)}))`;
  if (/^is(root|entrypoint)$/i.test(filter.key)) return scopeOf(filter);
  const fields = fieldsOf(context.names, filter.key);
  if (fields.length === 0) {
    context.missing.add(filter.key.replace(/^(span|log|attribute|tag|resource)\./, ''));
    return 'false';
  }
  const parts = fields.map((field) => ofField(filter, field, context.params));
  return `(${parts.join(isNegative(filter) ? ' AND ' : ' OR ')})`;
}

type Leaf = Exclude<Filter, { readonly is: 'and' | 'or' | 'not' }>;

function isNegative(filter: Leaf): boolean {
  return filter.negated || (filter.is === 'comparison' && filter.operator === '!=');
}

function scopeOf(filter: Leaf): string {
  if (filter.is !== 'comparison' || filter.operator !== '=' || String(filter.value).toLowerCase() !== 'true') {
    throw invalid(`span scope field ${filter.key} can only be filtered with value 'true'`);
  }
  if (/root/i.test(filter.key)) return '(parent_id IS NULL)';
  return '(parent_id IS NOT NULL AND kind IN (2, 5))';
}

/** A positive condition is met only by rows that have the attribute; a negative one also by rows without it, whose value is empty. */
function ofField(filter: Leaf, field: Field, params: Params): string {
  const has = existence(field);
  if (filter.is === 'exists') return filter.negated ? `(NOT ${has})` : has;
  const holds = valueCondition(filter, field, params);
  if (isNegative(filter)) return filter.negated ? `(NOT ${holds})` : holds;
  return field.context === 'span' || field.context === 'log' ? holds : `(${holds} AND ${has})`;
}

function existence({ context, type, sql }: Field): string {
  if (context === 'attribute' || context === 'resource') return `(${sql} IS NOT NULL)`;
  if (type === 'string') return `(${sql} <> '')`;
  return type === 'bool' ? `(${sql})` : `(${sql} <> 0)`;
}

function valueCondition(filter: Exclude<Leaf, { readonly is: 'exists' }>, field: Field, params: Params): string {
  if (filter.is === 'in') {
    return `(${filter.values.map((value) => compared(field, '=', { value, params })).join(' OR ')})`;
  }
  if (filter.is === 'between') {
    const [low, high] = filter.bounds;
    return `(${compared(field, '>=', { value: low, params })} AND ${compared(field, '<=', { value: high, params })})`;
  }
  return compared(field, filter.operator, { value: filter.value, params });
}

/** SQL of a value as text: 7 and not 7.0, as ClickHouse writes it. */
export function textOf(type: DataType, sql: string): string {
  return type === 'number' ? `regexp_replace((${sql})::VARCHAR, '\\.0$', '')` : `(${sql})::VARCHAR`;
}

const empty: Readonly<Record<DataType, string>> = { string: "''", number: '0', bool: 'false' };

function compared(
  field: Field,
  operator: Operator,
  { value, params }: { readonly value: Value; readonly params: Params },
): string {
  const stored = `coalesce(${field.sql}, ${empty[field.type]})`;
  const asText = textOf(field.type, stored);
  if (operator === 'CONTAINS') return `(${asText} ILIKE ${params.add(`%${value}%`)})`;
  if (operator === 'LIKE' || operator === 'ILIKE') return `(${asText} ${operator} ${params.add(String(value))})`;
  if (operator === 'REGEXP') return `regexp_matches(${asText}, ${params.add(String(value))})`;
  const sign = operator === '!=' ? '<>' : operator;
  if (field.name === 'duration_nano' && typeof value === 'string' && Number.isNaN(Number(value))) {
    throw invalid(`invalid duration value: ${value}`);
  }
  if (typeof value === 'number' && field.type !== 'bool') {
    const number = field.type === 'string' ? `TRY_CAST(${stored} AS DOUBLE)` : stored;
    return `(${number} ${sign} ${params.add(value)})`;
  }
  // Different types meet as text.
  return `(${asText} ${sign} ${params.add(String(value))})`;
}
