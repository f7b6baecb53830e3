import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mackerelApi } from '../../orchestrator/backends/embedded/serve/mackerel.ts';
import { decode, type Signal, UndecodableError } from '../../orchestrator/telemetry/otlp/decode.ts';
import { encodeProtobuf } from '../../orchestrator/telemetry/otlp/proto.ts';
import type { Records } from '../../orchestrator/telemetry/records.ts';
import { openTelemetryStore, type TelemetryStore } from '../../orchestrator/telemetry/store.ts';

export interface StandInOptions {
  /** A key that permits everything. */
  readonly apiKey?: string;
  /** Other keys and what they permit. */
  readonly keys?: Readonly<Record<string, readonly ('read' | 'write')[]>>;
  /** Between two requests to one endpoint of the API that reads. The real one allows one a second. Milliseconds. */
  readonly everyMs?: number;
  /** The header of a 429; the real one's is not documented. Seconds. */
  readonly retryAfter?: number;
  /** From the receipt of a span to the answers that have it. Not documented. Milliseconds. */
  readonly delayMs?: number;
  /** Spans taken before the plan's quota is exhausted. */
  readonly quota?: number;
}

/**
 * A stand-in for Mackerel, which exists nowhere but in its cloud: its receiver of OTLP and its API for reading, on one port, after its
 * documentation (https://mackerel.io/docs, https://mackerel.io/api-docs). What that leaves open is chosen here and says so.
 */
export interface MackerelStandIn {
  readonly url: string;
  /** Base URL of the receiver. */
  readonly otlp: string;
  /** `METHOD /path` of every request so far, with the time it came (epoch ms) and the status it was answered with. */
  readonly requests: readonly { readonly what: string; readonly at: number; readonly status: number }[];
  close(): Promise<void>;
}

/** https://mackerel.io/docs/entry/tracing: a request of 6 MB or more is refused. */
const maxRequestBytes = 6_000_000;
/** What answers 6 MB at most, never more than this in memory. */
const maxUnpackedBytes = 32 * 1024 * 1024;

class Refused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export async function startMackerelStandIn(options: StandInOptions = {}): Promise<MackerelStandIn> {
  // In memory there is not room for a whole run.
  const dir = mkdtempSync(join(tmpdir(), 'showrunner-mackerel-'));
  const store = await openTelemetryStore({ dir });
  const standIn = new StandIn(store, options);
  const requests: { what: string; at: number; status: number }[] = [];
  const server = createServer((request, response) => {
    const { method, url = '/' } = request;
    const at = Date.now();
    response.on('finish', () => {
      requests.push({ what: `${method} ${url.split('?')[0]}`, at, status: response.statusCode });
    });
    standIn.answer(request, response).catch((error: unknown) => {
      request.resume();
      const { status, headers } =
        error instanceof Refused ? error : new Refused(error instanceof UndecodableError ? 400 : 500, '');
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { message } }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    otlp: url,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

class StandIn {
  readonly #store: TelemetryStore;
  readonly #options: Required<Omit<StandInOptions, 'retryAfter' | 'apiKey'>> & Pick<StandInOptions, 'retryAfter'>;
  readonly #api: (request: IncomingMessage, response: ServerResponse) => void;
  /** Received, and not shown yet. */
  #pending: { readonly visibleAt: number; readonly records: Records }[] = [];
  #spans = 0;
  readonly #askedAt = new Map<string, number>();

  constructor(store: TelemetryStore, { apiKey, keys = {}, ...options }: StandInOptions) {
    this.#store = store;
    const all = apiKey === undefined ? keys : { ...keys, [apiKey]: ['read', 'write'] as const };
    this.#options = { keys: all, everyMs: 1000, delayMs: 0, quota: Infinity, ...options };
    this.#api = mackerelApi(store, { name: 'stand-in', displayName: 'Mackerel stand-in 0.1' });
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://mackerel');
    if (!pathname.startsWith('/v1/')) return this.#read(request, response, pathname);
    await this.#receive(request, pathname);
    const body = encodeProtobuf('Response', {});
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': body.length }).end(body);
  }

  #read(request: IncomingMessage, response: ServerResponse, pathname: string): void {
    this.#permit(request, 'x-api-key', 'read');
    this.#limit(request, pathname);
    const now = Date.now();
    for (const { visibleAt, records } of this.#pending) if (visibleAt <= now) this.#store.add(records, 0);
    this.#pending = this.#pending.filter(({ visibleAt }) => visibleAt > now);
    this.#api(request, response);
  }

  #permit(request: IncomingMessage, header: string, permission: 'read' | 'write'): void {
    const key = request.headers[header];
    const permissions = typeof key === 'string' ? this.#options.keys[key] : undefined;
    if (!permissions) throw new Refused(401, 'Authentication failed. Please try with valid Api Key.');
    if (!permissions.includes(permission))
      throw new Refused(403, 'The Api Key does not have the required permissions.');
  }

  /** Of one trace no limit is documented. */
  #limit({ method }: IncomingMessage, pathname: string): void {
    if (pathname.startsWith('/api/v0/traces/')) return;
    const { everyMs, retryAfter } = this.#options;
    const endpoint = `${method} ${pathname}`;
    const now = Date.now();
    const before = this.#askedAt.get(endpoint) ?? -Infinity;
    if (now - before < everyMs) {
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      throw new Refused(429, 'The API request rate limit is exceeded.', headers);
    }
    this.#askedAt.set(endpoint, now);
  }

  async #receive(request: IncomingMessage, pathname: string): Promise<void> {
    this.#permit(request, 'mackerel-api-key', 'write');
    const signal = ({ '/v1/traces': 'traces', '/v1/logs': 'logs' } as Record<string, Signal>)[pathname];
    if (!signal || request.method !== 'POST') throw new Refused(404, 'metrics are taken over gRPC only');
    // Required by its documentation; with which status others are refused, it does not say.
    if (request.headers.accept !== '*/*') throw new Refused(406, 'send Accept: */*');
    if (request.headers['content-type'] !== 'application/x-protobuf') throw new Refused(415, 'send Protobuf');
    const { records } = decode(signal, 'protobuf', await bodyOf(request));
    if (this.#spans + records.spans.length > this.#options.quota) throw new Refused(429, 'the quota is exhausted');
    this.#spans += records.spans.length;
    this.#pending.push({ visibleAt: Date.now() + this.#options.delayMs, records });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length >= maxRequestBytes) throw new Refused(413, 'the request is 6 MB or more');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks, length);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  const unpacked = gunzipSync(body, { maxOutputLength: maxUnpackedBytes });
  // Whether the limit is of packed bytes is not documented: the strict reading.
  if (unpacked.length >= maxRequestBytes) throw new Refused(413, 'the request is 6 MB or more');
  return unpacked;
}
