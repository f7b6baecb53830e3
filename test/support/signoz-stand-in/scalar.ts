import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { aggregationOf, havingOf } from './aggregation.ts';
import { conditionOf, fieldsOf, type Names, textOf } from './condition.ts';
import { Params, tableOf } from './fields.ts';
import { parseFilter } from './filter.ts';
import type { Key, Range, Spec } from './query-range.ts';
import { invalid } from './refusal.ts';

/** A table: a row for each group, with the group's values and one number for each aggregation. */
export async function scalar(store: TelemetryStore, spec: Spec, range: Range, names: Names): Promise<unknown> {
  const { aggregations = [], groupBy = [], order = [] } = spec;
  if (aggregations.length === 0) throw invalid('at least one aggregation is required');
  const params = new Params();
  const groups = groupBy.map((key, index) => `${groupOf(names, key)} AS "g${index}"`);
  const values = aggregations.map(
    ({ expression }, index) => `${aggregationOf(expression, names, params)} AS "__result_${index}"`,
  );
  const having = spec.having?.expression
    ? `WHERE ${havingOf(spec.having.expression, aggregations, names, params)}`
    : '';
  const sql = `
    SELECT * FROM (
      SELECT ${[...groups, ...values].join(', ')} FROM ${tableOf[spec.signal]}
      WHERE ${whereOf(spec, range, names, params)}
      ${groupBy.length > 0 ? `GROUP BY ${groupBy.map((_, index) => `"g${index}"`).join(', ')}` : ''}
    ) ${having}
    ORDER BY ${order.length > 0 ? order.map((by) => `${orderColumn(spec, by.key.name)} ${by.direction}`).join(', ') : '"__result_0" DESC'}
    ${spec.limit ? `LIMIT ${spec.limit}` : ''} ${spec.offset ? `OFFSET ${spec.offset}` : ''}`;
  const rows = await store.query<Record<string, unknown>>(sql, params.values);
  return {
    queryName: spec.name,
    columns: columnsOf(spec),
    data: rows.length === 0 ? null : rows.map((row) => Object.values(row).map(plain)),
  };
}

function columnsOf({ name: queryName, signal, groupBy = [], aggregations = [] }: Spec): unknown {
  return [
    ...groupBy.map((key) => ({ ...key, signal, queryName, aggregationIndex: 0, meta: {}, columnType: 'group' })),
    ...aggregations.map((_, aggregationIndex) => ({
      name: `__result_${aggregationIndex}`,
      queryName,
      aggregationIndex,
      meta: {},
      columnType: 'aggregation',
    })),
  ];
}

/** The time and the filter of a query; throws Refused for keys that nothing ever had. */
export function whereOf({ signal, filter }: Spec, { start, end }: Range, names: Names, params: Params): string {
  const time = signal === 'traces' ? 'start_ns' : 'time_ns';
  const inTime = `${time} >= ${params.add(start)} AND ${time} < ${params.add(end)}`;
  const expression = filter?.expression.trim() ?? '';
  return expression === '' ? inTime : `${inTime} AND ${conditionOf(parseFilter(expression), names, params)}`;
}

/** The value of a field by a key of groupBy, order or selectFields; NULL of one that nothing ever had. */
export function groupOf(names: Names, { name, fieldContext, fieldDataType }: Key): string {
  const found = fieldsOf(names, name).filter(
    ({ context, type }) =>
      (!fieldContext || context === fieldContext) &&
      (!fieldDataType || fieldDataType === 'string' || type === fieldDataType),
  );
  if (found.length === 0) return 'NULL::VARCHAR';
  return `coalesce(${found.map(({ type, sql }) => textOf(type, sql)).join(', ')})`;
}

function orderColumn({ groupBy = [], aggregations = [] }: Spec, name: string): string {
  const group = groupBy.findIndex((key) => key.name === name);
  if (group >= 0) return `"g${group}"`;
  const value = aggregations.findIndex(({ expression, alias }, index) =>
    [expression, alias, `__result_${index}`, String(index)].includes(name),
  );
  if (value < 0) throw invalid(`invalid order by key: ${name}`);
  return `"__result_${value}"`;
}

/** As JSON has it. */
export function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
