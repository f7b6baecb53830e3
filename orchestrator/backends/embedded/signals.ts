import type { Row, TelemetryStore } from '../../telemetry/store.ts';
import { msOf } from '../../telemetry/tables.ts';
import type { Attributes, ErrorGroup, LogFilter, LogRecord, MetricPoint, Window } from '../backend.ts';
import { ask, inWindow, ofService, rowLimit } from './ask.ts';
import { present } from './traces.ts';

const errorsSql = `
  WITH per_trace AS (
    SELECT service, type, message, trace_id, count(*) AS n, max(start_ns) AS newest
    FROM exceptions WHERE ${inWindow} AND ${ofService} GROUP BY ALL
  )
  SELECT service, type, message, sum(n)::INTEGER AS count, list(trace_id ORDER BY newest DESC, trace_id)[1:5] AS traceIds
  FROM per_trace GROUP BY ALL
  ORDER BY count DESC, service, type, message`;

export async function errors(
  store: TelemetryStore,
  window: Window,
  filter: { service?: string },
): Promise<readonly ErrorGroup[]> {
  return (await ask(store, window, errorsSql, { service: filter.service ?? null })) as unknown as readonly ErrorGroup[];
}

const inTime = 'time_ns >= $from AND time_ns < $to';

/** Newest first. */
export async function logs(store: TelemetryStore, window: Window, filter: LogFilter): Promise<readonly LogRecord[]> {
  const sql = `
    SELECT * FROM logs
    WHERE ${inTime} AND ${ofService} AND ($traceId IS NULL OR trace_id = $traceId) AND severity >= $minSeverity
    ORDER BY time_ns DESC LIMIT ${rowLimit(filter.limit)}`;
  const rows = await ask(store, window, sql, {
    service: filter.service ?? null,
    traceId: filter.traceId?.toLowerCase() ?? null,
    minSeverity: filter.minSeverity ?? 0,
  });
  return rows.map((row) => ({
    ...head(row),
    severity: row['severity'] as number,
    body: row['body'] as string,
    ...present('traceId', row['trace_id']),
    ...present('spanId', row['span_id']),
  }));
}

/** Oldest first. */
export async function metrics(
  store: TelemetryStore,
  window: Window,
  filter: { service?: string; name: string },
): Promise<readonly MetricPoint[]> {
  const sql = `SELECT * FROM points WHERE ${inTime} AND ${ofService} AND name = $name ORDER BY time_ns, service`;
  const rows = await ask(store, window, sql, { service: filter.service ?? null, name: filter.name });
  return rows.map((row) => ({
    ...head(row),
    name: row['name'] as string,
    unit: row['unit'] as string,
    ...numbers(row),
  }));
}

function head(row: Row): Pick<LogRecord, 'timeMs' | 'service' | 'attributes'> {
  return {
    timeMs: msOf(row['time_ns'] as bigint),
    service: row['service'] as string,
    attributes: JSON.parse(row['attributes'] as string) as Attributes,
  };
}

function numbers(row: Row): Pick<MetricPoint, 'value' | 'count' | 'sum'> {
  const names = (['value', 'count', 'sum'] as const).filter((name) => row[name] !== null);
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
