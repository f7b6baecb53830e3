import type { Dispatcher } from 'undici';
import type { Connection, Connections } from './connections.ts';
import { endOfBody, failureOf, Interrupted, timedOut, type RequestFailure } from './failures.ts';
import { toWire, type RawHeaders } from './headers.ts';
import { later } from '../timing.ts';

export interface Outgoing {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | Uint8Array | undefined;
  /** `performance.now()` */
  readonly deadline: number;
  /** The connection is closed afterwards. */
  readonly close: boolean;
  /** The body of the answer is thrown away. */
  readonly discard: boolean;
}

export interface Connected {
  readonly ip: string;
  readonly port: number;
  readonly http2: boolean;
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
}

/** One request and its answer, as far as it came. Moments by `performance.now()`, 0 where it did not come so far. */
export interface Outcome {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
  readonly chunks: readonly Buffer[];
  readonly failure: RequestFailure | undefined;
  readonly peer: Connected | undefined;
  readonly startedAt: number;
  readonly gotConnectionAt: number;
  readonly sentAt: number;
  readonly firstByteAt: number;
  readonly endedAt: number;
  /** Milliseconds of connecting, and of the TLS handshake. */
  readonly dialedFor: number;
  readonly securedFor: number;
}

/** A request that cannot even be tried. */
export function untried(failure: RequestFailure): Outcome {
  const now = performance.now();
  return {
    status: 0,
    statusText: '',
    headers: {},
    chunks: [],
    failure,
    peer: undefined,
    startedAt: now,
    gotConnectionAt: 0,
    sentAt: 0,
    firstByteAt: 0,
    endedAt: now,
    dialedFor: 0,
    securedFor: 0,
  };
}

/** An Outcome in the making. */
export class Exchange implements Dispatcher.DispatchHandler, Outcome {
  status = 0;
  statusText = '';
  headers: RawHeaders = {};
  readonly chunks: Buffer[] = [];
  failure: RequestFailure | undefined;
  /** The answer's status and headers came, whatever came after them. */
  answered = false;
  peer: Connected | undefined;
  bytes = { sent: 0, received: 0 };

  readonly startedAt = performance.now();
  gotConnectionAt = 0;
  sentAt = 0;
  firstByteAt = 0;
  endedAt = 0;
  dialedFor = 0;
  securedFor = 0;

  readonly #connections: Connections;
  readonly #outgoing: Outgoing;
  readonly #done: (exchange: Exchange) => void;
  #connection: Connection;
  #controller: Dispatcher.DispatchController | undefined;
  #callOff: () => void = () => undefined;
  #reused = false;
  #cause: Error | undefined;
  #ended = false;

  constructor(connections: Connections, outgoing: Outgoing, done: (exchange: Exchange) => void) {
    this.#connections = connections;
    this.#outgoing = outgoing;
    this.#done = done;
    this.#connection = connections.take(outgoing.origin);
  }

  start(): void {
    this.#callOff = later(this.#outgoing.deadline - this.startedAt, () => this.abort(timedOut()));
    this.#dispatch();
  }

  /** Ends it from outside: `cause` becomes its failure. */
  abort(cause: Error): void {
    if (this.#ended) return;
    this.#cause = cause;
    if (this.#controller) this.#controller.abort(cause);
    else this.#end(cause);
  }

  get interrupted(): boolean {
    return this.#cause instanceof Interrupted;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { dialAt, connectedAt, readyAt, socket, http2, tls } = this.#connection;
    this.gotConnectionAt = this.#reused ? performance.now() : readyAt;
    this.dialedFor = this.#reused ? 0 : connectedAt - dialAt;
    this.securedFor = this.#reused || !tls ? 0 : readyAt - connectedAt;
    this.peer = { ip: socket?.remoteAddress ?? '', port: socket?.remotePort ?? 0, http2, tls };
  }

  onRequestSent(): void {
    this.sentAt = performance.now();
  }

  onResponseStart(_: unknown, status: number, headers: RawHeaders, statusText?: string): void {
    // Answers before the last one, 103 for example.
    if (status < 200 && status !== 101) return;
    this.firstByteAt = performance.now();
    this.answered = true;
    this.status = status;
    this.statusText = statusText ?? '';
    this.headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (!this.#outgoing.discard) this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(undefined);
  }

  onResponseError(_: unknown, error: Error): void {
    this.#end(this.#cause ?? error);
  }

  #dispatch(): void {
    const { method, path, headers, body, close } = this.#outgoing;
    this.#reused = this.#connection.connected;
    const sent = { method, path: toWire(path), headers: headers.map(toWire), body: body ?? null, reset: close };
    this.#connection.client.dispatch(sent, this);
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    if (error && this.#mayRepeat(error)) {
      this.#repeat();
      return;
    }
    this.#ended = true;
    this.#callOff();
    this.endedAt = performance.now();
    this.bytes = this.#connection.takeBytes();
    if (error) this.failure = this.#failureOf(error);
    if (error) this.#connections.drop(this.#connection);
    else this.#connections.release(this.#connection);
    this.#done(this);
  }

  /** As Go does: the peer closed a connection that was idle before this request reached it, and the request changes nothing. */
  #mayRepeat(error: Error): boolean {
    return (
      this.#reused &&
      !this.answered &&
      error !== this.#cause &&
      ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(this.#outgoing.method)
    );
  }

  #repeat(): void {
    this.#connections.drop(this.#connection);
    this.#controller = undefined;
    this.#connection = this.#connections.create(this.#outgoing.origin);
    this.#dispatch();
  }

  #failureOf(error: Error): RequestFailure {
    if (error === this.#cause) return error as RequestFailure;
    return this.answered ? endOfBody() : failureOf(error, this.gotConnectionAt === 0);
  }
}
