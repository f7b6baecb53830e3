import { SpanStatusCode, trace } from '@opentelemetry/api';
import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { Config } from './config.ts';
import { badRequest, HttpError, notFound, UpstreamError } from './errors.ts';
import { logger } from './logger.ts';

/** What a failed request is answered with. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** An express app with JSON bodies and the health check; the caller adds its routes, then `addErrorHandling`. */
export function createApp(config: Config): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', service: config.name, version: config.version });
  });
  app.use(express.json({ limit: '100kb' }));
  return app;
}

/** Answers unknown paths with 404 and turns whatever a handler throws into an answer; JSON, unless `render` answers otherwise. */
export function addErrorHandling(
  app: Express,
  render?: (failure: Failure, request: Request) => string | undefined,
): void {
  app.use((request) => {
    throw notFound(request.path);
  });
  const handleError: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const failure = failureOf(error);
    report(error, failure, request);
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(failure.status);
    const page = render?.(failure, request);
    if (page === undefined) response.json({ error: { code: failure.code, message: failure.message } });
    else response.type('html').send(page);
  };
  app.use(handleError);
}

function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) return { status: error.status, code: error.reason, message: error.message };
  // body-parser's errors carry the status they ask for, e.g. 400 for malformed JSON.
  const status = (error as { status?: unknown } | undefined)?.status;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return failureOf(badRequest('The request could not be read'));
  return { status: 500, code: 'internal_error', message: 'Something went wrong on our side' };
}

/** Failures (5xx) are recorded on the request's span, by the service where they happened; one that was passed on has been recorded there. */
function report(error: unknown, { status }: Failure, request: Request): void {
  if (status < 500) return;
  const err = error instanceof Error ? error : new Error(String(error));
  const span = trace.getActiveSpan();
  span?.setStatus({ code: SpanStatusCode.ERROR, message: err.message });
  if (!(error instanceof UpstreamError)) span?.recordException(err);
  logger.error({ err, method: request.method, path: request.path }, 'request failed');
}
