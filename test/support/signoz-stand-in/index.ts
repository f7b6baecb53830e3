import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTap } from '../../../orchestrator/telemetry/receiver.ts';
import { openTelemetryStore, type TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { messageOf } from '../../../orchestrator/errors.ts';
import { fieldKeys, fieldValues } from './field-api.ts';
import { addressOf, delayed, guarded } from './intake.ts';
import { countErrors, dependencyGraph, errorFromGroup, listErrors, servicesList } from './legacy.ts';
import { queryRange } from './query-range.ts';
import { invalid, Refused } from './refusal.ts';
import { type Accounts, Sessions } from './sessions.ts';
import { waterfall } from './waterfall.ts';

/** Says wherever a version is asked for that this is not the real one. */
const standInVersion = 'v0.138.0 (stand-in)';

export interface StandInOptions extends Accounts {
  /** What its OTLP receiver asks for; self-hosted ones ask for nothing. */
  readonly ingestionKey?: string;
  /** From taking a record to answering with it. The real one's collector sends batches every 10 s. */
  readonly delayMs?: number;
  /** Spans of a trace that are still given at once. */
  readonly maxSpans?: number;
}

export interface SignozStandIn {
  /** Its pages and its API. */
  readonly url: string;
  /** Its OTLP receiver. */
  readonly otlp: string;
  /** Paths asked for so far, oldest first. */
  readonly asked: readonly string[];
  readonly logins: number;
  /** Ends every session, as time does. */
  expireSessions(): void;
  close(): Promise<void>;
}

/**
 * A SigNoz v0.138 as far as section 5 of the reference page on backends describes it, with a telemetry store of its own behind
 * it. It is strict: what it does not know it refuses (400), what it has not got it says so (501).
 */
export async function startSignozStandIn(options: StandInOptions = {}): Promise<SignozStandIn> {
  const { ingestionKey, delayMs = 0, maxSpans = 10_000 } = options;
  // In memory there is not room for a whole run.
  const dir = mkdtempSync(join(tmpdir(), 'showrunner-signoz-'));
  const store = await openTelemetryStore({ dir });
  const intake = delayed(store, delayMs);
  const tap = await startTap({ store: intake });
  const guard = ingestionKey === undefined ? undefined : await guarded(tap.endpoint, ingestionKey);
  const sessions = new Sessions(options);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://signoz').pathname);
    void answer({ store, sessions, maxSpans }, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: addressOf(server),
    otlp: guard ? addressOf(guard) : tap.endpoint,
    asked,
    get logins() {
      return sessions.logins;
    },
    expireSessions: () => sessions.expire(),
    async close() {
      await closed(server);
      if (guard) await closed(guard);
      await tap.close();
      intake.stop();
      await store.close();
    },
  };
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

interface Inside {
  readonly store: TelemetryStore;
  readonly sessions: Sessions;
  readonly maxSpans: number;
}

interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Route = (inside: Inside, question: Question) => unknown;

/** What everybody may ask. */
const open: Readonly<Record<string, Route>> = {
  'GET /api/v1/version': () => ({ version: standInVersion, ee: 'N', setupCompleted: true }),
  'GET /api/v1/health': () => ({ status: 'ok' }),
  'GET /api/v2/healthz': () => ({ status: 'success', data: { healthy: true } }),
  'GET /api/v2/readyz': () => ({ status: 'success', data: { healthy: true } }),
  'GET /api/v2/livez': () => ({ status: 'success', data: { healthy: true } }),
  'GET /api/v2/sessions/context': ({ sessions }, { query }) => sessions.context(query),
  'POST /api/v2/sessions/email_password': ({ sessions }, { body }) => sessions.logIn(body),
};

const routes: Readonly<Record<string, Route>> = {
  'POST /api/v5/query_range': ({ store }, { body }) => queryRange(store, body),
  'POST /api/v1/listErrors': ({ store }, { body }) => listErrors(store, body),
  'POST /api/v1/countErrors': ({ store }, { body }) => countErrors(store, body),
  'GET /api/v1/errorFromGroupID': ({ store }, { query }) => errorFromGroup(store, query),
  'POST /api/v1/dependency_graph': ({ store }, { body }) => dependencyGraph(store, body),
  'GET /api/v1/services/list': ({ store }) => servicesList(store),
  'GET /api/v1/fields/keys': ({ store }, { query }) => fieldKeys(store, query),
  'GET /api/v1/fields/values': ({ store }, { query }) => fieldValues(store, query),
  'POST /api/v4/traces/*/waterfall': ({ store, maxSpans }, { path, body }) =>
    waterfall(store, path.split('/')[4] ?? '', body, maxSpans),
};

async function answer(inside: Inside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://signoz');
  const name = `${request.method} ${path.replace(/^(\/api\/v4\/traces\/)[^/]+/, '$1*')}`;
  try {
    const body = await bodyOf(request);
    // Whatever is not its API is a page of its own.
    if (!path.startsWith('/api/')) return page(response);
    const everybodys = open[name];
    if (!everybodys) inside.sessions.check(request.headers);
    const route = everybodys ?? routes[name];
    if (!route) throw new Refused(404, 'not-found', `no route ${name}`);
    json(response, 200, await route(inside, { path, query, body }));
  } catch (error) {
    if (error instanceof Refused) json(response, error.status, error.json);
    else json(response, 500, new Refused(500, 'internal', messageOf(error)).json);
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw invalid(`failed to parse the request: ${messageOf(error)}`);
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function page(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>SigNoz (stand-in)</title>');
}
