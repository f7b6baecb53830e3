import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Param, TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { Params } from './fields.ts';
import { read } from './query-range.ts';
import { rfc3339 } from './raw.ts';
import { invalid, Refused } from './refusal.ts';
import { plain } from './scalar.ts';

const tag = z.strictObject({
  Key: z.string(),
  Operator: z.string(),
  StringValues: z.array(z.string()).optional(),
  NumberValues: z.array(z.number()).optional(),
  BoolValues: z.array(z.boolean()).optional(),
  TagType: z.string(),
});
const nanos = z.string().regex(/^\d{1,19}$/);
const window = { start: nanos, end: nanos, tags: z.array(tag).optional() };

const listRequest = z.strictObject({
  ...window,
  limit: z.int().refine((limit) => limit !== 0, 'limit param missing'),
  offset: z.int().min(0).optional(),
  orderParam: z.enum(['exceptionCount', 'exceptionType', 'firstSeen', 'lastSeen', 'serviceName']).optional(),
  order: z.enum(['descending', 'ascending']).optional(),
  serviceName: z.string().optional(),
  exceptionType: z.string().optional(),
});

const exceptions = `
  SELECT service AS "serviceName", trace_id AS "traceID", span_id AS "spanID", resource,
    coalesce(json_extract_string(event.attributes, '/exception.type'), '') AS "exceptionType",
    coalesce(json_extract_string(event.attributes, '/exception.message'), '') AS "exceptionMessage",
    coalesce(json_extract_string(event.attributes, '/exception.stacktrace'), '') AS "exceptionStacktrace",
    round(event."timeMs" * 1000)::BIGINT * 1000 AS at_ns
  FROM (
    SELECT service, trace_id, span_id, resource,
      unnest(from_json(events, '[{"name": "VARCHAR", "timeMs": "DOUBLE", "attributes": "JSON"}]')) AS event
    FROM spans WHERE events IS NOT NULL
  ) WHERE event.name = 'exception'`;
const groupId = `md5("serviceName" || "exceptionType" || "exceptionMessage")`;

/** `POST /api/v1/listErrors`: a bare array, null where there is nothing. */
export async function listErrors(store: TelemetryStore, body: unknown): Promise<unknown> {
  const asked = read(listRequest, body);
  const params = new Params();
  const { orderParam = 'exceptionCount', order = 'descending', limit, offset = 0 } = asked;
  const rows = await store.query<Record<string, unknown> & { readonly firstSeen: bigint; readonly lastSeen: bigint }>(
    `SELECT "exceptionType", "exceptionMessage", count(*) AS "exceptionCount", max(at_ns) AS "lastSeen", min(at_ns) AS "firstSeen",
       "serviceName", ${groupId} AS "groupID"
     FROM (${exceptions}) WHERE ${errorsWhere(asked, params)} GROUP BY "exceptionType", "exceptionMessage", "serviceName"
     ORDER BY "${orderParam}" ${order === 'descending' ? 'DESC' : 'ASC'} LIMIT ${Math.max(0, limit)} OFFSET ${offset}`,
    params.values,
  );
  if (rows.length === 0) return null;
  return rows.map((row) => ({
    ...row,
    exceptionCount: plain(row['exceptionCount']),
    lastSeen: rfc3339(row.lastSeen),
    firstSeen: rfc3339(row.firstSeen),
  }));
}

const countRequest = listRequest.omit({ limit: true, offset: true, orderParam: true, order: true });

/** `POST /api/v1/countErrors`: how many groups. */
export async function countErrors(store: TelemetryStore, body: unknown): Promise<unknown> {
  const params = new Params();
  const where = errorsWhere(read(countRequest, body), params);
  const sql = `SELECT count(DISTINCT ${groupId})::INTEGER AS n FROM (${exceptions}) WHERE ${where}`;
  const [row] = await store.query<{ n: number }>(sql, params.values);
  return row?.n ?? 0;
}

function errorsWhere(asked: z.infer<typeof countRequest>, params: Params): string {
  const conditions = [`at_ns >= ${params.add(BigInt(asked.start))} AND at_ns <= ${params.add(BigInt(asked.end))}`];
  if (asked.serviceName) conditions.push(`"serviceName" ILIKE ${params.add(`%${asked.serviceName}%`)}`);
  if (asked.exceptionType) conditions.push(`"exceptionType" ILIKE ${params.add(`%${asked.exceptionType}%`)}`);
  return [...conditions, ...tagConditions(asked.tags ?? [], params)].join(' AND ');
}

function tagConditions(tags: readonly z.infer<typeof tag>[], params: Params): readonly string[] {
  return tags.map(({ Key: key, Operator: operator, StringValues: values = [] }) => {
    if (operator.toLowerCase() !== 'in') throw invalid(`tag operator ${operator} is not supported`);
    const value = `json_extract_string(resource, ${params.add(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`;
    return `${value} IN (${values.map((one) => params.add(one)).join(', ') || 'NULL'})`;
  });
}

/** `GET /api/v1/errorFromGroupID`: the exception of a group at a time. */
export async function errorFromGroup(store: TelemetryStore, query: URLSearchParams): Promise<unknown> {
  const group = query.get('groupID') ?? '';
  const at = query.get('timestamp') ?? '';
  if (group === '') throw invalid('groupID params missing in query');
  if (!/^\d+$/.test(at)) throw invalid('timestamp params missing in query');
  const params: Record<string, Param> = { group, at: BigInt(at) };
  const [row] = await store.query<Record<string, unknown> & { readonly at_ns: bigint }>(
    `SELECT * EXCLUDE (resource), ${groupId} AS "groupID" FROM (${exceptions}) WHERE ${groupId} = $group AND at_ns = $at LIMIT 1`,
    params,
  );
  if (!row) throw new Refused(404, 'not-found', 'Error/Exception not found');
  const { at_ns: time, ...error } = row;
  const errorId = createHash('md5').update(`${group}${at}`).digest('hex');
  return { errorId, exceptionEscaped: false, ...error, timestamp: rfc3339(time) };
}

const quantiles = [50, 75, 90, 95, 99].map((p) => `quantile_cont(duration, ${p / 100}) AS p${p}`).join(', ');
const minute = 60_000_000_000n;

/** Calls to what sends nothing itself, by an attribute of the older conventions. */
function outside(system: 'db.system' | 'messaging.system'): string {
  const name = `json_extract_string(attributes, '/${system}')`;
  return `
    SELECT service AS parent, ${name} AS child, duration_ns::DOUBLE AS duration, status = 2 AS failed,
      start_ns - start_ns % ${minute} AS at_ns, resource
    FROM spans WHERE kind <> 2 AND ${name} IS NOT NULL`;
}

/** `POST /api/v1/dependency_graph`: by whole minutes, without the last 30 s, and only what `db.system` and `messaging.system` name besides services. */
export async function dependencyGraph(store: TelemetryStore, body: unknown): Promise<unknown> {
  const { start, end: to, tags = [] } = read(z.strictObject(window), body);
  const params = new Params();
  const latest = BigInt(Date.now() - 30_000) * 1_000_000n;
  const end = BigInt(to) > latest ? BigInt(to) - 30_000_000_000n : BigInt(to);
  const conditions = [
    `at_ns >= ${params.add(BigInt(start))} AND at_ns <= ${params.add(end)}`,
    ...tagConditions(tags, params),
  ];
  const rows = await store.query<Record<string, unknown>>(
    `SELECT parent, child, count(*) AS "callCount", count(*) / ${Math.max(1, Number(end - BigInt(start)) / 1e9)} AS "callRate",
       100.0 * count(*) FILTER (failed) / count(*) AS "errorRate", ${quantiles}
     FROM (
       SELECT above.service AS parent, below.service AS child, below.duration_ns::DOUBLE AS duration, below.status = 2 AS failed,
         below.start_ns - below.start_ns % ${minute} AS at_ns, below.resource AS resource
       FROM spans below JOIN spans above ON above.trace_id = below.trace_id AND above.span_id = below.parent_id
       WHERE above.service <> below.service
       UNION ALL ${outside('db.system')} UNION ALL ${outside('messaging.system')}
     ) WHERE ${conditions.join(' AND ')} GROUP BY parent, child ORDER BY parent, child`,
    params.values,
  );
  if (rows.length === 0) return null;
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
}

/** `GET /api/v1/services/list`. */
export async function servicesList(store: TelemetryStore): Promise<unknown> {
  const rows = await store.query<{ service: string }>('SELECT DISTINCT service FROM spans ORDER BY service', {});
  return rows.length === 0 ? null : rows.map(({ service }) => service);
}
