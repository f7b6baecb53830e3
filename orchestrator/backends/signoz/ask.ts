import { z } from 'zod';
import type { Window } from '../backend.ts';
import { NoAnswer } from '../http.ts';
import { type ApiError, nonsense, type SignozApi } from './api.ts';
import { all, quoted } from './filter.ts';

/** Rows that one query gives at most. Source: SigNoz's limit of `limit`. */
export const maxRows = 10_000;
/** Of one question, in several queries; more is no answer. */
const maxPages = 10;
const path = '/api/v5/query_range';

/** Whom to ask, and for what part of what it has. */
export interface Asked {
  readonly api: SignozApi;
  readonly environment: string | undefined;
}

export interface GroupKey {
  readonly name: string;
  readonly fieldContext: 'resource' | 'attribute' | 'span';
  readonly fieldDataType: 'string';
}

export function key(fieldContext: GroupKey['fieldContext'], name: string): GroupKey {
  return { name, fieldContext, fieldDataType: 'string' };
}

/** A row of a table: the group's values in the order of the keys (null: has none), then a number for each aggregation (null: of nothing). */
export interface TableRow {
  readonly group: readonly (string | null)[];
  readonly values: readonly (number | null)[];
}

/** One row per group. */
export async function table(
  { api, environment }: Asked,
  window: Window,
  question: {
    readonly filter: string;
    readonly groupBy: readonly GroupKey[];
    readonly aggregations: readonly string[];
  },
): Promise<readonly TableRow[]> {
  const range = rangeOf(window);
  if (range === undefined) return [];
  const spec = {
    name: 'A',
    signal: 'traces',
    filter: { expression: all(question.filter, ofEnvironment(environment)) },
    groupBy: question.groupBy,
    aggregations: question.aggregations.map((expression) => ({ expression })),
    limit: maxRows,
  };
  const answer = await api.dataOrError(path, scalarSchema, { body: bodyOf(range, 'scalar', spec), accept: [400] });
  if ('error' in answer) return nothingOrThrow(api.name, answer.error);
  const [result] = answer.data.data.results;
  if (result === undefined) throw nonsense(api.name, path, { what: 'no result' });
  const rows = result.data ?? [];
  if (rows.length === 0) return [];
  if (rows.length >= maxRows) throw tooMuch(api.name, `${maxRows} groups or more`);
  const columns = columnsOf(api.name, result.columns, question);
  return rows.map((row) => ({
    group: columns.group.map((at) => groupValue(row[at])),
    values: columns.values.map((at) => numberOrNull(api.name, row[at])),
  }));
}

export interface RawQuestion {
  readonly signal: 'traces' | 'logs';
  readonly filter: string;
  readonly direction: 'asc' | 'desc';
}

export type RawRow = Readonly<Record<string, unknown>> & { readonly timestamp: string };

/** Rows with all their fields, by time, page by page, the first of which may be small; throws `backend-too-much` where they do not end. */
export async function* rowPages(
  asked: Asked,
  window: Window,
  question: RawQuestion & { readonly firstRows: number },
): AsyncGenerator<readonly RawRow[]> {
  const range = rangeOf(window);
  if (range === undefined) return;
  let offset = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const pageRows = page === 0 ? question.firstRows : maxRows;
    const found = await rowsOf(asked, range, { ...question, pageRows, offset });
    yield found;
    if (found.length < pageRows) return;
    offset += pageRows;
  }
  throw tooMuch(asked.api.name, `more than ${offset} rows`);
}

async function rowsOf(
  { api, environment }: Asked,
  range: Range,
  { signal, filter, direction, pageRows, offset }: RawQuestion & { readonly pageRows: number; readonly offset: number },
): Promise<readonly RawRow[]> {
  const expression = all(filter === '' ? undefined : filter, ofEnvironment(environment));
  const spec = {
    name: 'A',
    signal,
    ...(expression !== '' && { filter: { expression } }),
    // Rows of the same moment need an order of their own, or pages would overlap.
    order: ['timestamp', signal === 'traces' ? 'span_id' : 'id'].map((name) => ({ key: { name }, direction })),
    limit: pageRows,
    offset,
  };
  const answer = await api.dataOrError(path, rawSchema, { body: bodyOf(range, 'raw', spec), accept: [400] });
  if ('error' in answer) return nothingOrThrow(api.name, answer.error);
  const [result] = answer.data.data.results;
  if (result === undefined) throw nonsense(api.name, path, { what: 'no result' });
  return (result.rows ?? []).map(({ timestamp, data }) => ({ ...data, timestamp }));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** SigNoz takes whole milliseconds, from inclusive, to exclusive, and guesses the unit of a time by its digits: 13 of them are milliseconds. */
export function rangeOf({ from, to }: Window): Range | undefined {
  const start = Math.max(1e12, Math.ceil(from));
  const end = Math.min(9e12, Math.ceil(to));
  return start < end ? { start, end } : undefined;
}

function bodyOf(range: Range, requestType: 'scalar' | 'raw', spec: object): unknown {
  return {
    schemaVersion: 'v1',
    ...range,
    requestType,
    noCache: true,
    compositeQuery: { queries: [{ type: 'builder_query', spec }] },
  };
}

function ofEnvironment(environment: string | undefined): string | undefined {
  return environment === undefined ? undefined : `resource.deployment.environment = ${quoted(environment)}`;
}

const unknownKey = /^key [`'"](.+)[`'"] not found$/;
/** Keys that every span has: a SigNoz that does not know them is one that we do not know. Or nothing of ours has come, and that is no answer. */
const intrinsic =
  /^(kind_string|has_error|response_status_code|duration_nano|trace_id|span_id|parent_span_id|timestamp|severity_number|(resource\.)?deployment\.environment)$/;

/** A filter on an attribute that nothing ever sent is refused, and not answered with nothing, which it means. */
function nothingOrThrow(name: string, { code, message, details }: ApiError): readonly [] {
  const unknown = details.map((detail) => unknownKey.exec(detail)?.[1]);
  if (unknown.length > 0 && unknown.every((missing) => missing !== undefined && !intrinsic.test(missing))) return [];
  throw new NoAnswer(
    'backend-rejected',
    `${name} refused the question (${[`${code}: ${message}`, ...details].join('; ').slice(0, 400)})`,
    {
      hint: 'its version may be older or newer than those we know',
      status: 400,
    },
  );
}

export function tooMuch(name: string, what: string): NoAnswer {
  return new NoAnswer('backend-too-much', `${name} has ${what} for this question`, {
    hint: 'ask for a shorter time, one service, or with less load',
  });
}

const columnSchema = z.object({
  name: z.string(),
  columnType: z.enum(['group', 'aggregation']),
  aggregationIndex: z.number().int(),
});
const scalarSchema = z.object({
  type: z.literal('scalar'),
  data: z.object({
    results: z.array(
      z.object({ columns: z.array(columnSchema).nullish(), data: z.array(z.array(z.unknown())).nullish() }),
    ),
  }),
});
const rawSchema = z.object({
  type: z.literal('raw'),
  data: z.object({
    results: z.array(
      z.object({
        rows: z.array(z.object({ timestamp: z.string(), data: z.record(z.string(), z.unknown()) })).nullish(),
      }),
    ),
  }),
});

/** Where each key and each aggregation is in a row: keys by their name, aggregations by their index, since their names differ between versions. */
function columnsOf(
  name: string,
  columns: readonly z.infer<typeof columnSchema>[] | null | undefined,
  { groupBy, aggregations }: { readonly groupBy: readonly GroupKey[]; readonly aggregations: readonly string[] },
): { readonly group: readonly number[]; readonly values: readonly number[] } {
  const known = columns ?? [];
  const places = {
    group: groupBy.map((asked) =>
      known.findIndex((column) => column.columnType === 'group' && column.name === asked.name),
    ),
    values: aggregations.map((_, index) =>
      known.findIndex(({ columnType, aggregationIndex }) => columnType === 'aggregation' && aggregationIndex === index),
    ),
  };
  if ([...places.group, ...places.values].includes(-1)) {
    throw nonsense(name, path, { what: `columns ${known.map((column) => column.name).join(', ') || 'none'}` });
  }
  return places;
}

function groupValue(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function numberOrNull(name: string, value: unknown): number | null {
  if (value === null || typeof value === 'number') return value;
  throw nonsense(name, path, { what: `${JSON.stringify(value)} for a number` });
}
