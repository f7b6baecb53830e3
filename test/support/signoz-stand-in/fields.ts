import type { Param, TelemetryStore } from '../../../orchestrator/telemetry/store.ts';

export type Signal = 'traces' | 'logs';
export type DataType = 'string' | 'number' | 'bool';

/** A field as a query may name it, and where its value is. */
export interface Field {
  readonly name: string;
  readonly context: 'span' | 'log' | 'attribute' | 'resource';
  readonly type: DataType;
  /** SQL of the value; NULL where a row has none. */
  readonly sql: string;
}

/** Collects the parameters of one statement. */
export class Params {
  readonly values: Record<string, Param> = {};
  #count = 0;

  add(value: Param): string {
    this.#count += 1;
    const name = `p${this.#count}`;
    this.values[name] = value;
    return `$${name}`;
  }
}

const text = (...names: readonly string[]): string =>
  `coalesce(${names.map((name) => `json_extract_string(attributes, '/${name}')`).join(', ')}, '')`;
const when = (condition: string, value: string): string => `CASE WHEN ${condition} THEN ${value} ELSE '' END`;

const spanFields: readonly (readonly [name: string, type: DataType, sql: string])[] = [
  ['timestamp', 'number', 'start_ns'],
  ['trace_id', 'string', 'trace_id'],
  ['span_id', 'string', 'span_id'],
  ['trace_state', 'string', "''"],
  ['parent_span_id', 'string', "coalesce(parent_id, '')"],
  ['flags', 'number', '0'],
  ['name', 'string', 'name'],
  ['kind', 'number', 'kind::INTEGER'],
  ['kind_string', 'string', "['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'][kind + 1]"],
  ['duration_nano', 'number', 'duration_ns'],
  ['status_code', 'number', 'status::INTEGER'],
  ['status_message', 'string', "coalesce(status_message, '')"],
  ['status_code_string', 'string', "['Unset', 'Ok', 'Error'][status + 1]"],
  ['response_status_code', 'string', text('http.response.status_code', 'http.status_code')],
  ['external_http_url', 'string', when('kind = 3', text('server.address', 'net.peer.name'))],
  ['http_url', 'string', text('url.full', 'http.url')],
  ['external_http_method', 'string', when('kind = 3', text('http.request.method', 'http.method'))],
  ['http_method', 'string', text('http.request.method', 'http.method')],
  ['http_host', 'string', text('server.address', 'http.host')],
  ['db_name', 'string', text('db.namespace', 'db.name')],
  ['db_operation', 'string', text('db.operation.name', 'db.operation')],
  ['has_error', 'bool', 'status = 2'],
  ['is_remote', 'string', "'unknown'"],
];
const logFields: typeof spanFields = [
  ['timestamp', 'number', 'time_ns'],
  ['id', 'string', "lpad(rowid::VARCHAR, 20, '0')"],
  ['trace_id', 'string', "coalesce(trace_id, '')"],
  ['span_id', 'string', "coalesce(span_id, '')"],
  ['severity_number', 'number', 'severity::INTEGER'],
  ['severity_text', 'string', "''"],
  ['body', 'string', 'body'],
];

export const intrinsics: Readonly<Record<Signal, ReadonlyMap<string, Field>>> = {
  traces: new Map(spanFields.map(([name, type, sql]) => [name, { name, type, sql, context: 'span' }])),
  logs: new Map(logFields.map(([name, type, sql]) => [name, { name, type, sql, context: 'log' }])),
};

const freshMs = 500;
const remembered = new WeakMap<
  TelemetryStore,
  Map<Signal, { readonly until: number; readonly fields: Promise<Known> }>
>();
type Known = ReadonlyMap<string, readonly Field[]>;

/**
 * Attributes that something has ever sent, by name: what SigNoz keeps as metadata, and learns a moment later than the spans.
 * A query that filters by any other is refused.
 */
export function knownFields(store: TelemetryStore, signal: Signal): Promise<Known> {
  const ofStore = remembered.get(store) ?? new Map();
  remembered.set(store, ofStore);
  const last = ofStore.get(signal);
  if (last && last.until > performance.now()) return last.fields;
  const fields = readFields(store, signal);
  ofStore.set(signal, { until: performance.now() + freshMs, fields });
  return fields;
}

async function readFields(store: TelemetryStore, signal: Signal): Promise<Known> {
  const resource = signal === 'traces' ? 'resource' : logResource;
  const fields: Field[] = [];
  for (const [context, column] of [
    ['attribute', 'attributes'],
    ['resource', resource],
  ] as const) {
    const rows = await store.query<{ name: string; type: DataType }>(
      `SELECT DISTINCT pair.key AS name,
         CASE json_type(pair.value) WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'bool' ELSE 'number' END AS type
       FROM (SELECT unnest(map_entries(from_json(${column}, '"MAP(VARCHAR, JSON)"'))) AS pair FROM ${tableOf[signal]})
       ORDER BY ALL`,
      {},
    );
    fields.push(...rows.map(({ name, type }) => ({ name, type, context, sql: valueSql(column, name, type) })));
  }
  return Map.groupBy(fields, ({ name }) => name);
}

export const tableOf: Readonly<Record<Signal, string>> = { traces: 'spans', logs: 'logs' };
/** Of a log record the store keeps only the service. */
export const logResource = "json_object('service.name', service)";

function valueSql(column: string, name: string, type: DataType): string {
  const pointer = `'/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll("'", "''")}'`;
  const value = `json_extract_string(${column}, ${pointer})`;
  const kinds = { string: "'VARCHAR'", bool: "'BOOLEAN'", number: "'UBIGINT', 'BIGINT', 'DOUBLE'" }[type];
  const typed = { string: value, bool: `TRY_CAST(${value} AS BOOLEAN)`, number: `TRY_CAST(${value} AS DOUBLE)` }[type];
  return `CASE WHEN json_type(${column}, ${pointer}) IN (${kinds}) THEN ${typed} END`;
}
