import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodType } from 'zod';
import { messageOf } from '../../../errors.ts';
import type { TelemetryStore } from '../../../telemetry/store.ts';
import { trace } from '../traces.ts';
import { dbQueryParameters, httpServerParameters, listTracesBody } from './mackerel-parameters.ts';
import { dbQueryStats, httpServerStats } from './mackerel-statistics.ts';
import { listTraces, mackerelTrace } from './mackerel-traces.ts';

/** As GET /api/v0/org answers. */
export interface Organisation {
  readonly name: string;
  readonly displayName: string;
}

/** The paths that `mackerelApi` answers. */
export const mackerelPaths: readonly string[] = [
  'GET /api/v0/apm/http-server-stats',
  'GET /api/v0/apm/db-query-stats',
  'POST /api/v0/traces',
  'GET /api/v0/traces/<traceId>',
  'GET /api/v0/org',
];

const maxBodyBytes = 1024 * 1024;

/** An answer other than 200, in the form of Mackerel's errors. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Mackerel's API for reading traces and their statistics (https://mackerel.io/api-docs), over the embedded store: whoever asks Mackerel
 * can ask it. Keys and rate limits are the concern of whoever puts it on a port. The store stays the caller's.
 */
export function mackerelApi(
  store: TelemetryStore,
  organisation: Organisation = { name: 'showrunner', displayName: 'Showrunner' },
): (request: IncomingMessage, response: ServerResponse) => void {
  const routes: Readonly<Record<string, (request: IncomingMessage, url: URL) => unknown>> = {
    'GET /api/v0/apm/http-server-stats': (_request, url) =>
      httpServerStats(store, checked(httpServerParameters, parametersOf(url))),
    'GET /api/v0/apm/db-query-stats': (_request, url) =>
      dbQueryStats(store, checked(dbQueryParameters, parametersOf(url))),
    'POST /api/v0/traces': async (request) => {
      const body = checked(listTracesBody, await jsonOf(request));
      if (body.issueFingerprint !== undefined) throw new Refused(400, 'issueFingerprint: there are no issues here');
      return listTraces(store, body);
    },
    'GET /api/v0/org': () => organisation,
  };

  async function answer(request: IncomingMessage): Promise<unknown> {
    const url = new URL(request.url ?? '/', 'http://mackerel');
    const route = routes[`${request.method} ${url.pathname}`];
    if (route) return route(request, url);
    const traceId = /^\/api\/v0\/traces\/([^/]+)$/.exec(url.pathname)?.[1];
    if (traceId !== undefined && request.method === 'GET') return traceOf(store, traceId);
    throw new Refused(404, `there is no ${request.method} ${url.pathname}; there are ${mackerelPaths.join(', ')}`);
  }

  return (request, response) => {
    answer(request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        // What is left of the body is thrown away, so that the client gets to read the answer.
        request.resume();
        send(response, error instanceof Refused ? error.status : 500, { error: { message: messageOf(error) } });
      },
    );
  };
}

async function traceOf(store: TelemetryStore, traceId: string): Promise<object> {
  if (!/^[0-9a-f]{32}$/i.test(traceId)) throw new Refused(400, 'a trace id is 32 hexadecimal digits');
  const found = await trace(store, traceId);
  if (!found) throw new Refused(404, `trace ${traceId} is not found`);
  return mackerelTrace(found);
}

function parametersOf({ searchParams }: URL): Readonly<Record<string, string>> {
  const names = [...searchParams.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Refused(400, `${twice} is given more than once`);
  return Object.fromEntries(searchParams);
}

function checked<T>(schema: ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new Refused(400, problems.join('; '));
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refused(400, 'send Content-Type: application/json');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Refused(413, `the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks, length).toString('utf8')) as unknown;
  } catch (error) {
    throw new Refused(400, `the body is not JSON: ${messageOf(error)}`);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}
