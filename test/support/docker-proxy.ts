import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { temporaryFolder } from './showrunner.ts';

/** Answers a request in the engine's place: a status and a body; undefined lets the engine answer. */
export type Answer = (method: string, path: string) => readonly [status: number, body: unknown] | undefined | 'nothing';

/** A socket in front of the real engine that tells some things differently; `host` is for DOCKER_HOST. */
export async function dockerProxy(answer: Answer): Promise<{ readonly host: string; close(): void }> {
  const socket = join(temporaryFolder('docker'), 'docker.sock');
  const server = createServer((incoming, response) => {
    const path = (incoming.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    const instead = answer(incoming.method ?? '', path);
    if (instead === undefined) forward(incoming, response);
    else if (instead !== 'nothing') {
      const [status, body] = instead;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    host: `unix://${socket}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ socketPath: '/var/run/docker.sock', method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', (error) => response.destroy(error));
  incoming.pipe(outgoing);
}
