import type { TelemetryStore } from '../../telemetry/store.ts';
import { msOf } from '../../telemetry/tables.ts';
import type { ErrorGroup, LogFilter, LogRecord, MetricPoint, Window } from '../backend.ts';
import { ask, inWindow, ofService, rowLimit } from './ask.ts';

const errorsSql = `
  WITH per_trace AS (
    SELECT service, type, message, trace_id, count(*) AS n, max(start_ns) AS newest
    FROM exceptions WHERE ${inWindow} AND ${ofService} GROUP BY ALL
  )
  SELECT service, type, message, sum(n)::INTEGER AS count, list(trace_id ORDER BY newest DESC, trace_id)[1:5] AS traceIds
  FROM per_trace GROUP BY ALL
  ORDER BY count DESC, service, type, message`;

export function errors(
  store: TelemetryStore,
  window: Window,
  filter: { service?: string },
): Promise<readonly ErrorGroup[]> {
  return ask<ErrorGroup>(store, window, errorsSql, { service: filter.service ?? null });
}

const inTime = 'time_ns >= $from AND time_ns < $to';

interface LogRow {
  readonly time_ns: bigint;
  readonly service: string;
  readonly severity: number;
  readonly body: string;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly attributes: string;
}

/** Newest first. */
export async function logs(store: TelemetryStore, window: Window, filter: LogFilter): Promise<readonly LogRecord[]> {
  const sql = `
    SELECT * FROM logs
    WHERE ${inTime} AND ${ofService} AND ($traceId IS NULL OR trace_id = $traceId) AND severity >= $minSeverity
    ORDER BY time_ns DESC LIMIT ${rowLimit(filter.limit)}`;
  const rows = await ask<LogRow>(store, window, sql, {
    service: filter.service ?? null,
    traceId: filter.traceId?.toLowerCase() ?? null,
    minSeverity: filter.minSeverity ?? 0,
  });
  return rows.map((row) => ({
    timeMs: msOf(row.time_ns),
    service: row.service,
    severity: row.severity,
    body: row.body,
    ...(row.trace_id === null ? {} : { traceId: row.trace_id }),
    ...(row.span_id === null ? {} : { spanId: row.span_id }),
    attributes: JSON.parse(row.attributes),
  }));
}

interface PointRow {
  readonly time_ns: bigint;
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number | null;
  readonly count: number | null;
  readonly sum: number | null;
  readonly attributes: string;
}

/** Oldest first. */
export async function metrics(
  store: TelemetryStore,
  window: Window,
  filter: { service?: string; name: string },
): Promise<readonly MetricPoint[]> {
  const sql = `SELECT * FROM points WHERE ${inTime} AND ${ofService} AND name = $name ORDER BY time_ns, service`;
  const rows = await ask<PointRow>(store, window, sql, { service: filter.service ?? null, name: filter.name });
  return rows.map(({ value, count, sum, ...row }) => ({
    timeMs: msOf(row.time_ns),
    service: row.service,
    name: row.name,
    unit: row.unit,
    ...(value === null ? {} : { value }),
    ...(count === null ? {} : { count }),
    ...(sum === null ? {} : { sum }),
    attributes: JSON.parse(row.attributes),
  }));
}
