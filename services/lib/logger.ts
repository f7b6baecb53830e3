import { pino } from 'pino';

/** JSON lines on stdout: `time` (epoch ms), `level`, `msg`, `err: {type, message, stack}`; `trace_id` and `span_id` come with the telemetry. */
export const logger = pino({
  base: null,
  level: process.env['LOG_LEVEL'] ?? 'info',
  serializers: {
    // Without the other properties an error may have: a whole socket, or the data of a failed query.
    err: (error: Error) => {
      const { type, message, stack } = pino.stdSerializers.err(error);
      return { type, message, stack };
    },
  },
});
