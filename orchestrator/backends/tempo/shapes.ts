import { z } from 'zod';

/** An OTLP value in protobuf's JSON: 64-bit integers are texts. */
const anyValue = z
  .looseObject({
    stringValue: z.string().optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
    doubleValue: z.union([z.number(), z.string()]).optional(),
    boolValue: z.boolean().optional(),
  })
  .transform(({ stringValue, intValue, doubleValue, boolValue }) =>
    String(stringValue ?? intValue ?? doubleValue ?? boolValue ?? ''),
  );

/** Attributes and labels by name, as text. */
const keyValues = z
  .array(z.object({ key: z.string(), value: anyValue.optional() }))
  .transform((list) => new Map(list.map(({ key, value = '' }) => [key, value])));

/** Tempo omits what is zero, but an answer of its own always has `metrics`. */
const partial = { status: z.string().optional(), message: z.string().optional() };

export const instantAnswer = z.object({
  series: z.array(z.object({ labels: keyValues, value: z.number().default(0) })).default([]),
  metrics: z.looseObject({}),
  ...partial,
});
export type Series = z.output<typeof instantAnswer>['series'][number];

const nanos = z.string().regex(/^\d+$/);

const spanSet = z.object({
  spans: z
    .array(
      z.object({
        startTimeUnixNano: nanos,
        durationNanos: nanos.default('0'),
        attributes: keyValues.default(new Map<string, string>()),
      }),
    )
    .default([]),
  matched: z.number().default(0),
});

export const searchAnswer = z.object({
  traces: z
    .array(
      z.object({
        traceID: z.string().regex(/^[\da-f]{1,32}$/),
        spanSet: spanSet.optional(),
        spanSets: z.array(spanSet).optional(),
      }),
    )
    .default([]),
  metrics: z.looseObject({}),
  ...partial,
});

export type FoundTrace = z.output<typeof searchAnswer>['traces'][number];

export const traceAnswer = z.object({
  trace: z.object({ resourceSpans: z.array(z.unknown()).default([]) }),
  ...partial,
});

export const tagValuesAnswer = z.object({ tagValues: z.array(z.object({ value: z.string() })).default([]) });

export const buildInfo = z.object({ version: z.string().default(''), goVersion: z.string() });
