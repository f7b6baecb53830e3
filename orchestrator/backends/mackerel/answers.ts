import { z } from 'zod';

/*
 * What the API answers (https://mackerel.io/api-docs/entry/apm, https://mackerel.io/api-docs/entry/traces). Fields that are not needed are
 * not looked at; one that is needed and missing makes an answer nonsense.
 */

const count = z.number().int().nonnegative();
const millis = z.number().nonnegative();

const httpServerStats = z.object({
  method: z.string(),
  route: z.string(),
  totalMillis: millis,
  approxP95Millis: millis,
  errorRatePercentage: z.number().min(0).max(100),
  requestCount: count,
});
export type HttpServerStats = z.output<typeof httpServerStats>;

const dbQueryStats = z.object({
  query: z.string(),
  executionCount: count,
  totalMillis: millis,
  approxP95Millis: millis,
});
export type DbQueryStats = z.output<typeof dbQueryStats>;

/** A trace in a list. Epoch seconds and milliseconds; `trace*` is of the whole trace, `service*` of the service asked for. */
const summary = z.object({
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/i)
    .transform((id) => id.toLowerCase()),
  traceStartAt: z.number(),
  traceLatencyMillis: millis,
  serviceStartAt: z.number(),
  serviceLatencyMillis: millis,
});
export type Summary = z.output<typeof summary>;

export interface Page<Result> {
  readonly results: readonly Result[];
  readonly hasNextPage: boolean;
}

const page = <Result extends z.ZodType>(result: Result) =>
  z.object({ results: z.array(result), hasNextPage: z.boolean() });

export const httpServerPage = page(httpServerStats);
export const dbQueryPage = page(dbQueryStats);
export const summaryPage = page(summary);

export const organisation = z.object({ name: z.string().min(1), displayName: z.string().optional() });

export type AnyValue =
  | { readonly valueType: 'string'; readonly stringValue: string }
  | { readonly valueType: 'bool'; readonly boolValue: boolean }
  | { readonly valueType: 'int'; readonly intValue: number | string }
  | { readonly valueType: 'double'; readonly doubleValue: number }
  | { readonly valueType: 'array'; readonly arrayValue: readonly AnyValue[] }
  | { readonly valueType: 'kvlist'; readonly kvlistValue: Readonly<Record<string, AnyValue>> }
  | { readonly valueType: 'bytes'; readonly bytesValue: string }
  | { readonly valueType: 'empty' };

const anyValue: z.ZodType<AnyValue> = z.lazy(() =>
  z.discriminatedUnion('valueType', [
    z.object({ valueType: z.literal('string'), stringValue: z.string() }),
    z.object({ valueType: z.literal('bool'), boolValue: z.boolean() }),
    z.object({ valueType: z.literal('int'), intValue: z.union([z.number(), z.string()]) }),
    z.object({ valueType: z.literal('double'), doubleValue: z.number() }),
    z.object({ valueType: z.literal('array'), arrayValue: z.array(anyValue) }),
    z.object({ valueType: z.literal('kvlist'), kvlistValue: z.record(z.string(), anyValue) }),
    z.object({ valueType: z.literal('bytes'), bytesValue: z.string() }),
    z.object({ valueType: z.literal('empty') }),
  ]),
);

const keyValues = z.array(z.object({ key: z.string(), value: anyValue }));
export type KeyValues = z.output<typeof keyValues>;
const time = z.iso.datetime({ offset: true });

const span = z.object({
  traceId: z.string().min(1),
  spanId: z.string().min(1),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  startTime: time,
  endTime: time,
  attributes: keyValues,
  events: z.array(z.object({ time, name: z.string(), attributes: keyValues })),
  status: z.object({ message: z.string().optional(), code: z.enum(['unset', 'ok', 'error']) }),
  resource: z.object({ attributes: keyValues }),
});
export type MackerelSpan = z.output<typeof span>;

export const traceAnswer = z.object({ spans: z.array(span) });
export type TraceAnswer = z.output<typeof traceAnswer>;
