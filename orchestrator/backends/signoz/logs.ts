import { z } from 'zod';
import type { LogFilter, LogRecord, Window } from '../backend.ts';
import { traceLimit } from '../computed/index.ts';
import { nonsense } from './api.ts';
import { type Asked, rowPages, type RawRow } from './ask.ts';
import { all, ofService, quoted } from './filter.ts';
import { attributesSchema, msOfTime, timeSchema } from './spans.ts';

const rowSchema = z.object({
  timestamp: timeSchema,
  body: z.string(),
  severity_number: z.int(),
  trace_id: z.string(),
  span_id: z.string(),
  attributes_string: attributesSchema.nullish(),
  attributes_number: attributesSchema.nullish(),
  attributes_bool: attributesSchema.nullish(),
  resources_string: attributesSchema,
});

/** Newest first. */
export async function logs(asked: Asked, window: Window, filter: LogFilter): Promise<readonly LogRecord[]> {
  const firstRows = traceLimit(filter.limit);
  if (firstRows === 0) return [];
  const expression = all(
    ofService(filter.service),
    filter.traceId === undefined ? undefined : `trace_id = ${quoted(filter.traceId.toLowerCase())}`,
    filter.minSeverity === undefined ? undefined : `severity_number >= ${filter.minSeverity}`,
  );
  const question = { signal: 'logs', filter: expression, direction: 'desc', firstRows } as const;
  for await (const page of rowPages(asked, window, question)) return page.map((row) => recordOf(asked.api.name, row));
  return [];
}

function recordOf(name: string, row: RawRow): LogRecord {
  const read = rowSchema.safeParse(row);
  if (!read.success)
    throw nonsense(name, '/api/v5/query_range', { what: z.prettifyError(read.error), cause: read.error });
  const { timestamp, body, severity_number: severity, trace_id: traceId, span_id: spanId, ...fields } = read.data;
  return {
    timeMs: msOfTime(timestamp),
    service: String(fields.resources_string['service.name'] ?? ''),
    severity,
    body,
    ...(traceId !== '' && { traceId }),
    ...(spanId !== '' && { spanId }),
    attributes: { ...fields.attributes_string, ...fields.attributes_number, ...fields.attributes_bool },
  };
}
