import { z } from 'zod';

/** https://mackerel.io/api-docs/entry/apm: the range between `from` and `to` is limited to 30 minutes. Seconds. */
const longestStatistics = 1800;

const wholeText = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);
const direction = z.enum(['ASC', 'DESC']).default('DESC');

const statistics = {
  serviceName: z.string().min(1),
  from: wholeText,
  to: wholeText,
  serviceNamespace: z.string().optional(),
  environment: z.string().optional(),
  version: z.string().optional(),
  orderDirection: direction,
  page: wholeText.pipe(z.number().min(1)).default(1),
  perPage: wholeText.pipe(z.number().min(1).max(100)).default(20),
};

const inOrder = ({ from, to }: Range): boolean => from < to;
const shortEnough = ({ from, to }: Range): boolean => to - from <= longestStatistics;
const notInOrder = 'from must be before to';
const tooLong = 'the range between from and to is limited to 30 minutes';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Query parameters of GET /api/v0/apm/http-server-stats. */
export const httpServerParameters = z
  .strictObject({
    ...statistics,
    method: z.string().optional(),
    route: z.string().optional(),
    orderColumn: z.enum(['SUM', 'AVERAGE', 'P95', 'ERROR_RATE', 'REQUEST_COUNT']).default('P95'),
  })
  .refine(inOrder, notInOrder)
  .refine(shortEnough, tooLong);
export type HttpServerParameters = z.output<typeof httpServerParameters>;

/** Query parameters of GET /api/v0/apm/db-query-stats. */
export const dbQueryParameters = z
  .strictObject({
    ...statistics,
    query: z.string().optional(),
    orderColumn: z.enum(['SUM', 'AVERAGE', 'P95', 'EXECUTION_COUNT']).default('P95'),
  })
  .refine(inOrder, notInOrder)
  .refine(shortEnough, tooLong);
export type DbQueryParameters = z.output<typeof dbQueryParameters>;

const ordering = ['EQ', 'GT', 'GTE', 'LT', 'LTE'] as const;
const key = z.string().min(1);
const attributeFilter = z.discriminatedUnion('type', [
  z.strictObject({ key, value: z.string(), type: z.literal('string'), operator: z.enum(['EQ', 'NEQ', 'STARTS_WITH']) }),
  z.strictObject({ key, value: z.string().regex(/^-?\d+$/), type: z.literal('int'), operator: z.enum(ordering) }),
  z.strictObject({
    key,
    value: z.string().refine((text) => text !== '' && Number.isFinite(Number(text)), 'must be a number'),
    type: z.literal('double'),
    operator: z.enum(ordering),
  }),
  z.strictObject({ key, value: z.enum(['true', 'false']), type: z.literal('bool'), operator: z.enum(['EQ', 'NEQ']) }),
]);
export type AttributeFilter = z.output<typeof attributeFilter>;

const whole = z.number().int().nonnegative();

/** Body of POST /api/v0/traces. */
export const listTracesBody = z
  .strictObject({
    serviceName: z.string().min(1),
    serviceNamespace: z.string().default(''),
    from: whole,
    to: whole,
    environment: z.string().optional(),
    traceId: z
      .string()
      .regex(/^[0-9a-f]{32}$/i, 'must be 32 hexadecimal digits')
      .optional(),
    spanName: z.string().optional(),
    version: z.string().optional(),
    issueFingerprint: z.string().optional(),
    statusCode: z.enum(['OK', 'ERROR']).optional(),
    minLatencyMillis: z.number().nonnegative().optional(),
    maxLatencyMillis: z.number().nonnegative().optional(),
    attributes: z.array(attributeFilter).default([]),
    resourceAttributes: z.array(attributeFilter).default([]),
    page: z.number().int().min(1).default(1),
    perPage: z.number().int().min(1).max(100).default(20),
    order: z
      .strictObject({ column: z.enum(['LATENCY', 'START_AT']).default('START_AT'), direction })
      .default({ column: 'START_AT', direction: 'DESC' }),
  })
  .refine(inOrder, notInOrder);
export type ListTracesBody = z.output<typeof listTracesBody>;
