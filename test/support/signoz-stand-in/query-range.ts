import { z } from 'zod';
import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { knownFields } from './fields.ts';
import { raw } from './raw.ts';
import { beyond, invalid } from './refusal.ts';
import { scalar } from './scalar.ts';

const key = z.strictObject({
  name: z.string().min(1),
  signal: z.string().optional(),
  fieldContext: z.enum(['', 'span', 'log', 'attribute', 'resource']).optional(),
  fieldDataType: z.enum(['', 'string', 'number', 'bool', 'float64', 'int64']).optional(),
});
export type Key = z.infer<typeof key>;

const builderSpec = z.strictObject({
  name: z.string().min(1),
  signal: z.enum(['traces', 'logs', 'metrics']),
  stepInterval: z.union([z.number(), z.string()]).optional(),
  filter: z.strictObject({ expression: z.string() }).optional(),
  aggregations: z.array(z.strictObject({ expression: z.string().min(1), alias: z.string().optional() })).optional(),
  groupBy: z.array(key).optional(),
  having: z.strictObject({ expression: z.string() }).optional(),
  order: z.array(z.strictObject({ key, direction: z.enum(['asc', 'desc']) })).optional(),
  limit: z.int().min(0).optional(),
  offset: z.int().min(0).optional(),
  cursor: z.string().optional(),
  selectFields: z.array(key).optional(),
  disabled: z.boolean().optional(),
  functions: z.array(z.unknown()).optional(),
  legend: z.string().optional(),
});
export type Spec = z.infer<typeof builderSpec> & { readonly signal: 'traces' | 'logs' };

const request = z.strictObject({
  schemaVersion: z.string().optional(),
  start: z.int().min(0),
  end: z.int().min(0),
  requestType: z.enum(['scalar', 'time_series', 'raw', 'trace']),
  compositeQuery: z.strictObject({
    queries: z.array(z.strictObject({ type: z.string(), spec: z.unknown() })).min(1),
  }),
  variables: z.record(z.string(), z.unknown()).optional(),
  noCache: z.boolean().optional(),
  formatOptions: z
    .strictObject({ formatTableResultForUI: z.boolean().optional(), fillGaps: z.boolean().optional() })
    .optional(),
});

/** What a query is about. Nanoseconds, `start` inclusive, `end` exclusive. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** `POST /api/v5/query_range` by builder queries for tables and rows. Throws Refused. */
export async function queryRange(store: TelemetryStore, body: unknown): Promise<unknown> {
  const asked = read(request, body);
  if (asked.start >= asked.end) throw invalid('start time must be before end time');
  if (asked.requestType !== 'scalar' && asked.requestType !== 'raw') throw beyond(`requestType ${asked.requestType}`);
  const range = { start: nanosOf(asked.start), end: nanosOf(asked.end) };
  const results: unknown[] = [];
  const names = new Set<string>();
  for (const { type, spec: given } of asked.compositeQuery.queries) {
    if (type !== 'builder_query') throw beyond(`queries of type ${type}`);
    const spec = read(builderSpec, given);
    if (names.has(spec.name)) throw invalid(`query name '${spec.name}' is duplicated`);
    names.add(spec.name);
    if (!ofRows(spec)) throw beyond('metrics');
    if ((spec.limit ?? 0) > 10_000) throw invalid('limit exceeds maximum allowed value of 10000');
    if (spec.disabled) continue;
    const known = { signal: spec.signal, known: await knownFields(store, spec.signal) };
    results.push(await (asked.requestType === 'scalar' ? scalar : raw)(store, spec, range, known));
  }
  const meta = { rowsScanned: 0, bytesScanned: 0, durationMs: 0, stepIntervals: {} };
  return { status: 'success', data: { type: asked.requestType, data: { results }, meta } };
}

function ofRows(spec: z.infer<typeof builderSpec>): spec is Spec {
  return spec.signal !== 'metrics';
}

/** Reads a body that must have no field besides those it knows, as the real one does. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw invalid(
    'the request is not what is expected',
    error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

/** The unit of a time is guessed by its digits: 13 are milliseconds, 19 nanoseconds. */
function nanosOf(time: number): bigint {
  const digits = String(time).length;
  if (digits > 19) throw invalid(`${time} is no time`);
  return BigInt(time) * 10n ** BigInt(19 - digits);
}
