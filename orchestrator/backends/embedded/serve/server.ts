import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf, ShowrunnerError } from '../../../errors.ts';
import { exitCodes } from '../../../exit-codes.ts';
import { closeServer } from '../../../telemetry/close-server.ts';
import type { TelemetryStore } from '../../../telemetry/store.ts';
import { jaegerApi, jaegerPaths, pathOf } from './jaeger.ts';
import { mackerelApi, mackerelPaths } from './mackerel.ts';

export interface ReadApis {
  /** Base URL of all of them. */
  readonly url: string;
  close(): Promise<void>;
}

const paths = ['GET /', ...jaegerPaths, ...mackerelPaths].map((path) => {
  const [method = '', pattern = ''] = path.split(' ');
  return { method, matches: new RegExp(`^${pattern.replaceAll(/<\w+>/g, '[^/]+')}$`) };
});

const overview = `Showrunner's embedded backend, read as other APM systems are.

Jaeger:
${jaegerPaths.map((path) => `  ${path}\n`).join('')}
Mackerel, with any API key:
${mackerelPaths.map((path) => `  ${path}\n`).join('')}`;

/**
 * Serves what the store has in the read APIs of Jaeger and Mackerel: on 127.0.0.1, without a key, to no page of another origin, and nothing can be
 * written. `port` 0 is any free one. The store stays the caller's; close this first. Throws a ShowrunnerError where it cannot listen.
 */
export async function serveReadApis(store: TelemetryStore, port: number): Promise<ReadApis> {
  const jaeger = jaegerApi(store);
  const mackerel = mackerelApi(store);
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    const path = pathOf(request);
    const methods = paths.filter(({ matches }) => matches.test(path)).map(({ method }) => method);
    if (methods.length > 0 && !methods.includes(request.method ?? '')) refuse(request, response, methods);
    else if (path.startsWith('/api/v0/')) mackerel(request, response);
    else if (path.startsWith('/api/')) jaeger(request, response);
    else if (path === '/') tell(response, 200, overview);
    else tell(response, 404, `there is no ${path} here\n\n${overview}`);
  });
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return { url, close: () => closeServer(server) };
}

/** Returns the port. */
async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new ShowrunnerError(
      'read-apis-cannot-listen',
      `the read APIs cannot listen on 127.0.0.1:${port}: ${messageOf(error)}`,
      { hint: 'choose a free port, or 0 for any', exitCode: exitCodes.environment, cause: error },
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the read APIs are not on a port');
  return address.port;
}

function refuse(request: IncomingMessage, response: ServerResponse, methods: readonly string[]): void {
  // What is left of the body is thrown away, so that the client gets to read the answer.
  request.resume();
  response.setHeader('allow', methods.join(', '));
  tell(response, 405, `${pathOf(request)} takes ${methods.join(' or ')} only\n`);
}

function tell(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
