import { z } from 'zod';
import { spanKinds, statuses } from '../../telemetry/records.ts';
import type { Attributes, Span } from '../backend.ts';

/** Epoch milliseconds of an RFC 3339 time, to the microsecond. NaN where it is none. */
export function msOfTime(time: string): number {
  const [, seconds, fraction = '', zone] = /^(.+?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return Date.parse(`${seconds}${zone}`) + Math.round(Number(`0${fraction}`) * 1e6) / 1000;
}

export const timeSchema = z.string().refine((time) => Number.isFinite(msOfTime(time)), 'no time of RFC 3339');

/** Epoch milliseconds of nanoseconds, which JSON's numbers hold to the microsecond. */
const msOfNanos = z
  .union([z.number(), z.string().regex(/^\d+$/)])
  .transform((nanos) => Math.round(Number(nanos) / 1e3) / 1e3);

export const attributesSchema = z
  .record(z.string(), z.unknown())
  .transform((fields): Attributes =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? value
          : JSON.stringify(value),
      ]),
    ),
  );

const common = z.object({
  trace_id: z.string().min(1),
  span_id: z.string().min(1),
  parent_span_id: z.string(),
  name: z.string(),
  kind_string: z.string().toLowerCase().pipe(z.enum(spanKinds)),
  duration_nano: z.number(),
  // Of a waterfall these are left out where they are zero or empty.
  status_code: z.int().min(0).max(2).default(0),
  status_message: z.string().default(''),
  attributes: attributesSchema,
  resource: attributesSchema,
});

/** A span as the traces of a raw query have it. */
export const rowSpan = common
  .extend({
    timestamp: timeSchema,
    events: z
      .array(z.object({ name: z.string(), timeUnixNano: msOfNanos, attributes: attributesSchema.nullish() }))
      .nullish(),
  })
  .transform(({ timestamp, events, ...span }) =>
    spanOf(
      span,
      msOfTime(timestamp),
      (events ?? []).map(({ name, timeUnixNano: timeMs, attributes }) => ({
        name,
        timeMs,
        attributes: attributes ?? {},
      })),
    ),
  );

/** A span as a trace's waterfall has it. */
export const waterfallSpan = common
  .extend({
    time_unix: msOfNanos,
    events: z
      .array(z.object({ name: z.string(), timeUnixNano: msOfNanos, attributeMap: attributesSchema.nullish() }))
      .nullish(),
  })
  .transform(({ time_unix: startMs, events, ...span }) =>
    spanOf(
      span,
      startMs,
      (events ?? []).map(({ name, timeUnixNano: timeMs, attributeMap }) => ({
        name,
        timeMs,
        attributes: attributeMap ?? {},
      })),
    ),
  );

function spanOf(of: z.infer<typeof common>, startMs: number, events: Span['events']): Span {
  const version = of.resource['service.version'];
  return {
    traceId: of.trace_id,
    spanId: of.span_id,
    ...(of.parent_span_id !== '' && { parentSpanId: of.parent_span_id }),
    service: String(of.resource['service.name'] ?? ''),
    ...(version !== undefined && { version: String(version) }),
    name: of.name,
    kind: of.kind_string,
    startMs,
    durationMs: of.duration_nano / 1e6,
    status: statuses[of.status_code] ?? 'unset',
    ...(of.status_message !== '' && { statusMessage: of.status_message }),
    attributes: of.attributes,
    resource: of.resource,
    events,
  };
}
