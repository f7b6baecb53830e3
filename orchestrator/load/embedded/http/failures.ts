import { errors } from 'undici';
import type { Target } from './target.ts';

/** Why a request has no answer: https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
export class RequestFailure extends Error {
  readonly code: number;
  /** What `Response.error` and the tag `error` say. */
  readonly short: string;

  constructor(code: number, short: string, long = short) {
    super(long);
    this.code = code;
    this.short = short;
  }

  /** As Go wraps what went wrong before there was an answer: `Get "http://…": EOF`. */
  of(method: string, target: Target): RequestFailure {
    const verb = method === '' ? 'Get' : method.slice(0, 1) + method.slice(1).toLowerCase();
    return new RequestFailure(this.code, this.short, `${verb} ${JSON.stringify(target.logged)}: ${this.message}`);
  }
}

export const timedOut = (): RequestFailure => new RequestFailure(1050, 'request timeout');
export const endOfBody = (): RequestFailure => new RequestFailure(1000, 'unexpected EOF');
export const undecodable = (reason: string): RequestFailure => {
  const short = `error decompressing response body (${reason})`;
  return new RequestFailure(1701, `error decompressing response body (${short})`, short);
};

/** Ends what a virtual user still awaits when its call is interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('the call was interrupted');
  }
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly Error[];
}

/** `connecting` where there was no connection yet. */
export function failureOf(thrown: Error, connecting: boolean): RequestFailure {
  const error = firstOf(thrown);
  return (
    lookupFailure(error) ??
    tlsFailure(error) ??
    (connecting ? dialFailure(error) : undefined) ??
    exchangeFailure(error) ??
    http2Failure(error) ??
    new RequestFailure(connecting && error.syscall === 'connect' ? 1210 : 1000, error.message)
  );
}

/** All addresses of a name were tried. */
function firstOf(error: SystemError): SystemError {
  return error.errors?.[0] ?? error;
}

function lookupFailure(error: SystemError): RequestFailure | undefined {
  if (error.syscall !== 'getaddrinfo') return undefined;
  if (error.code === 'ENOTFOUND')
    return new RequestFailure(1101, 'lookup: no such host', `lookup ${error.hostname}: no such host`);
  return new RequestFailure(1100, `lookup ${error.hostname}: ${error.code}`);
}

function dialFailure(error: SystemError): RequestFailure | undefined {
  const where = `dial tcp ${error.address}:${error.port}`;
  if (error.code === 'ECONNREFUSED')
    return new RequestFailure(1212, 'dial: connection refused', `${where}: connect: connection refused`);
  if (error.code === 'UND_ERR_CONNECT_TIMEOUT' || error.code === 'ETIMEDOUT')
    return new RequestFailure(1211, 'dial: i/o timeout');
  if (error.syscall !== 'connect') return undefined;
  return new RequestFailure(1213, `dial: unknown errno ${error.code} error with msg \`${error.message}\``);
}

const unknownAuthorities = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function tlsFailure(error: SystemError): RequestFailure | undefined {
  const { code = '' } = error;
  if (unknownAuthorities.has(code))
    return new RequestFailure(
      1310,
      'x509: unknown authority',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new RequestFailure(
      1311,
      "x509: certificate doesn't match hostname",
      `tls: failed to verify certificate: x509: ${error.message}`,
    );
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return new RequestFailure(
      1000,
      'x509: certificate has expired or is not yet valid',
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    );
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return new RequestFailure(
      1301,
      'tls: first record does not look like a TLS handshake',
      'http: server gave HTTP response to HTTPS client',
    );
  return undefined;
}

function exchangeFailure(error: SystemError): RequestFailure | undefined {
  if (error.code === 'ECONNRESET' && error.syscall !== undefined)
    return new RequestFailure(1220, 'read: connection reset by peer', 'read: connection reset by peer');
  if (error.code === 'EPIPE') return new RequestFailure(1201, 'write: broken pipe');
  if (error instanceof errors.SocketError || error.code === 'ECONNRESET') return new RequestFailure(1000, 'EOF');
  return undefined;
}

/** By the number that ends a stream: 1630 and more; by that which ends a connection: 1610 and more. */
function http2Failure(error: SystemError): RequestFailure | undefined {
  if (error.code === 'ERR_HTTP2_STREAM_ERROR') {
    const name = /NGHTTP2_(\w+)/.exec(error.message)?.[1] ?? '';
    return new RequestFailure(1630 + offsetOf(name), `http2: stream error with http2 ErrCode ${name}`);
  }
  if (error.code === 'ERR_HTTP2_SESSION_ERROR' || /GOAWAY/.test(error.message)) {
    const number = Number(/code (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
    const name = http2Codes[number] ?? '';
    return new RequestFailure(1610 + offsetOf(name), `http2: received GoAway with http2 ErrCode ${name}`);
  }
  return undefined;
}

/** https://www.rfc-editor.org/rfc/rfc9113#section-7, in the order of their numbers. */
const http2Codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

const offsetOf = (name: string): number => http2Codes.indexOf(name) + 1;
