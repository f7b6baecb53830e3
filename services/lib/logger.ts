import { pino } from 'pino';

/** JSON lines on stdout: `time` (epoch ms), `level`, `msg`, `err: {type, message, stack}`; `trace_id` and `span_id` come with the telemetry. */
export const logger = pino({
  base: null,
  level: process.env['LOG_LEVEL'] ?? 'info',
  serializers: { err: pino.stdSerializers.err },
});
