/** An answer that is not a success, and not a bug either: the status and a stable code for the client. */
export class HttpError extends Error {
  readonly status: number;
  /** Not `code`: where an error has one, OpenTelemetry takes it for the exception's type. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.status = status;
    this.reason = reason;
  }
}

/** Another service answered with an error. Where it happened, it has been recorded; here it is only passed on. */
export class UpstreamError extends HttpError {
  /** A client's mistake (4xx) stays one; a failure (5xx) of another service makes this one a bad gateway. */
  constructor(service: string, status: number, answer: { code?: string; message?: string }) {
    const isClientError = status < 500;
    super(
      isClientError ? status : 502,
      isClientError ? (answer.code ?? 'rejected') : `${service}_failed`,
      isClientError ? (answer.message ?? `${service} rejected the request`) : `${service} answered ${status}`,
    );
  }
}

/** Another service did not answer in time. */
export class UpstreamTimeoutError extends HttpError {
  constructor(service: string, timeoutMs: number) {
    super(504, `${service}_timeout`, `${service} did not answer within ${timeoutMs} ms`);
  }
}

/** Another service could not be reached, or the connection broke. */
export class UpstreamUnavailableError extends HttpError {
  constructor(service: string, cause: unknown) {
    super(502, `${service}_unavailable`, `${service} is unavailable`);
    this.cause = cause;
  }
}

export function notFound(what: string): HttpError {
  return new HttpError(404, 'not_found', `${what} not found`);
}

export function badRequest(message: string): HttpError {
  return new HttpError(400, 'bad_request', message);
}
