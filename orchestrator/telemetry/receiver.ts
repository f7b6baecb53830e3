import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { exitCodes } from '../exit-codes.ts';
import { messageOf, ShowrunnerError } from '../errors.ts';
import type { SignalCounts } from '../conductor/events.ts';
import { BodyPool } from './body-pool.ts';
import { boundsOf } from './bounds.ts';
import { closeServer } from './close-server.ts';
import { type Budget, readBody, Refusal, rpcCodes } from './http-body.ts';
import { decode, type Decoded, type Encoding, type Signal, UndecodableError } from './otlp/decode.ts';
import { encodeProtobuf, type ResponseType } from './otlp/proto.ts';
import type { Accepted } from './forward/forwarder.ts';
import type { Records } from './records.ts';
import { RecentRequests } from './recent-requests.ts';
import type { TelemetryStore } from './store.ts';
import type { Tap } from './tap.ts';

export interface TapOptions {
  readonly store: TelemetryStore;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Bytes in memory between the sockets and the database; a request beyond them is answered with 429. */
  readonly maxQueueBytes?: number;
  /** Bytes of one request, packed and unpacked; 413 beyond them. */
  readonly maxBodyBytes?: number;
  /** Told of every request that was taken, before its answer. */
  readonly onAccepted?: (accepted: Accepted) => void;
}

const megabyte = 1024 * 1024;
/** Answers after which a sender throws its records away; after 429 and 503 it sends them again. */
const lost: ReadonlySet<number> = new Set([400, 413, 415]);

/**
 * Starts the OTLP/HTTP receiver: POST /v1/traces, /v1/logs, /v1/metrics, JSON or Protobuf.
 * The store stays the caller's; close the tap first. Throws a ShowrunnerError where it cannot listen.
 * Answers as of https://opentelemetry.io/docs/specs/otlp/#otlphttp-response.
 */
export async function startTap(options: TapOptions): Promise<Tap> {
  const receiver = new Receiver(options);
  const server = createServer(
    { requestTimeout: 30_000 },
    (request, response) => void receiver.answer(request, response),
  );
  const { host = '127.0.0.1', port = 0 } = options;
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new ShowrunnerError(
      'tap-cannot-listen',
      `the telemetry receiver cannot listen on ${host}:${port}: ${messageOf(error)}`,
      {
        hint: 'leave the port out, or choose a free one',
        exitCode: exitCodes.environment,
        cause: error,
      },
    );
  }
  return tapOf(receiver, server, options.store);
}

function tapOf(receiver: Receiver, server: Server, store: TelemetryStore): Tap {
  const listening = server.address();
  if (listening === null || typeof listening === 'string') throw new Error('the telemetry receiver is not on a port');
  const { address, port, family } = listening;
  return {
    endpoint: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    received: () => ({ ...receiver.received }),
    rejected: () => receiver.rejected,
    async spansOf(service, window) {
      const bounds = boundsOf(window);
      if (bounds === undefined) return 0;
      const sql =
        'SELECT count(*)::INTEGER AS n FROM spans WHERE service = $service AND start_ns >= $from AND start_ns < $to';
      const [row] = await store.query<{ n: number }>(sql, { service, ...bounds });
      return row?.n ?? 0;
    },
    async hearsOthers(service, window) {
      const bounds = boundsOf(window);
      if (bounds === undefined) return false;
      const sql = `SELECT 1 FROM spans WHERE service <> $service AND start_ns >= $from AND start_ns < $to
        UNION ALL SELECT 1 FROM points WHERE service <> $service AND time_ns >= $from AND time_ns < $to LIMIT 1`;
      return (await store.query(sql, { service, ...bounds })).length > 0;
    },
    close: () => closeServer(server),
  };
}

interface Answer {
  readonly status: number;
  readonly type: ResponseType;
  readonly json: Record<string, unknown>;
  readonly protobuf: Record<string, unknown>;
  readonly headers?: Readonly<Record<string, string>>;
}

class Receiver {
  readonly received: { -readonly [Name in keyof SignalCounts]: number } = { spans: 0, metrics: 0, logs: 0 };
  rejected = 0;
  readonly #store: TelemetryStore;
  readonly #recent = new RecentRequests<Answer>();
  readonly #maxQueueBytes: number;
  readonly #maxBodyBytes: number;
  readonly #onAccepted: ((accepted: Accepted) => void) | undefined;
  readonly #pool = new BodyPool();
  #reading = 0;

  constructor(options: TapOptions) {
    const { store, maxQueueBytes = 32 * megabyte, maxBodyBytes = 16 * megabyte, onAccepted } = options;
    this.#onAccepted = onAccepted;
    this.#store = store;
    this.#maxQueueBytes = maxQueueBytes;
    this.#maxBodyBytes = Math.min(maxBodyBytes, maxQueueBytes);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = encodingOf(request);
    try {
      send(response, encoding ?? 'json', await this.#take(request, encoding));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(503, rpcCodes.unavailable, messageOf(error));
      // How many records an unreadable body had, nobody knows: at least one.
      if (lost.has(refusal.status)) this.rejected += 1;
      // What is left of the body is thrown away, so that the client gets to read the answer.
      request.resume();
      send(response, encoding ?? 'json', statusAnswer(refusal));
    }
  }

  async #take(request: IncomingMessage, encoding: Encoding | undefined): Promise<Answer> {
    const signal = signalOf(request);
    if (encoding === undefined) {
      throw new Refusal(415, rpcCodes.invalidArgument, 'send application/json or application/x-protobuf');
    }
    const budget = this.#budget();
    try {
      const body = await readBody(request, { maxBytes: this.#maxBodyBytes, budget, pool: this.#pool });
      const key = this.#recent.keyOf(body);
      const again = this.#recent.answerOf(key);
      if (again) return again;
      const decoded = decodeOrRefuse(signal, encoding, body);
      const counts = countsOf(decoded.records);
      // From then on the records are the store's.
      this.#store.add(decoded.records, body.length);
      this.#count(counts, decoded.rejected);
      const records = counts.spans + counts.logs + counts.metrics;
      // Whoever is told may keep the body.
      if (this.#onAccepted) this.#onAccepted({ signal, encoding, body, records, at: Date.now() });
      else this.#pool.give(body);
      const answer = successAnswer(signal, decoded);
      this.#recent.took(key, answer);
      return answer;
    } finally {
      budget.release();
    }
  }

  /** Of one request; what is queued in the store counts against it as well. */
  #budget(): Budget & { release(): void } {
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.#reading + this.#store.queuedBytes + bytes > this.#maxQueueBytes) {
          throw new Refusal(429, rpcCodes.resourceExhausted, 'too much telemetry is waiting to be stored', {
            'retry-after': '1',
          });
        }
        taken += bytes;
        this.#reading += bytes;
      },
      release: () => {
        this.#reading -= taken;
      },
    };
  }

  #count({ spans, logs, metrics }: SignalCounts, rejected: number): void {
    this.received.spans += spans;
    this.received.logs += logs;
    this.received.metrics += metrics;
    this.rejected += rejected;
  }
}

function countsOf({ spans, logs, points }: Records): SignalCounts {
  return { spans: spans.length, logs: logs.length, metrics: points.length };
}

const signals: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
]);

function signalOf(request: IncomingMessage): Signal {
  const path = new URL(request.url ?? '/', 'http://tap').pathname;
  const signal = signals.get(path);
  if (signal === undefined) {
    throw new Refusal(404, rpcCodes.notFound, `there is no ${path}; OTLP goes to ${[...signals.keys()].join(', ')}`);
  }
  if (request.method !== 'POST') {
    throw new Refusal(405, rpcCodes.unimplemented, `${path} takes POST only`, { allow: 'POST' });
  }
  return signal;
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? 'json' : type === 'application/x-protobuf' ? 'protobuf' : undefined;
}

function decodeOrRefuse(signal: Signal, encoding: Encoding, body: Buffer): Decoded {
  try {
    return decode(signal, encoding, body);
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error;
    throw new Refusal(400, rpcCodes.invalidArgument, error.message);
  }
}

/** OTLP names the counter of refused records after the signal. */
const rejectedFields = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' } as const;

function successAnswer(signal: Signal, { rejected, reason }: Decoded): Answer {
  if (rejected === 0) return { status: 200, type: 'Response', json: {}, protobuf: {} };
  return {
    status: 200,
    type: 'Response',
    // A 64-bit integer is a string in Protobuf's JSON.
    json: { partialSuccess: { [rejectedFields[signal]]: String(rejected), errorMessage: reason } },
    protobuf: { partialSuccess: { rejected, errorMessage: reason } },
  };
}

function statusAnswer({ status, code, message, headers }: Refusal): Answer {
  return { status, type: 'RpcStatus', json: { code, message }, protobuf: { code, message }, headers };
}

function send(response: ServerResponse, encoding: Encoding, answer: Answer): void {
  const body =
    encoding === 'json' ? Buffer.from(JSON.stringify(answer.json)) : encodeProtobuf(answer.type, answer.protobuf);
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    'content-length': body.length,
  });
  response.end(body);
}
