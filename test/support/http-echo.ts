import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HttpSettings } from '../../orchestrator/load/embedded/http/index.ts';

export interface HttpEcho extends AsyncDisposable {
  readonly url: string;
  /** Connections that were made to it. */
  readonly connections: number;
}

/** A server that tells what it was asked, as JSON; `answers` by path come first. */
export async function httpEcho(answers: Readonly<Record<string, RequestListener>> = {}): Promise<HttpEcho> {
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '', 'http://echo').pathname];
    if (answer) answer(request, response);
    else void told(request).then((body) => response.end(body));
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function told(request: IncomingMessage): Promise<string> {
  const { method, url, headers } = request;
  return JSON.stringify({ method, url, headers, body: await text(request) });
}

/** Settings of a client that is told nothing. */
export const httpSettings: HttpSettings = {
  userAgent: 'visitor/1',
  insecureSkipTLSVerify: false,
  noConnectionReuse: false,
  noVUConnectionReuse: false,
  maxRedirects: undefined,
  batch: 20,
  batchPerHost: 6,
  throw: false,
  noCookiesReset: false,
  discardResponseBodies: false,
  hosts: {},
  systemTags: ['proto', 'status', 'method', 'url', 'name', 'group', 'error', 'error_code', 'expected_response'],
};
