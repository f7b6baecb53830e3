import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { handOver } from '../../../../orchestrator/runtime/process/hand-over.ts';
import type { RunningProcess } from '../../../../orchestrator/runtime/process/run-processes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A network proxy that gives each request this answer, or none. */
async function proxy(status: number | undefined): Promise<string> {
  const server = createServer((_, response) => {
    if (status !== undefined) response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function oldInstance() {
  const old = { name: 'catalog', pid: 0, stopped: 0, stop: async () => void (old.stopped += 1) };
  return old as typeof old & RunningProcess;
}

test.each([
  ['never answers', undefined, 'timeout'],
  ['refuses', 500, 'the network proxy answered 500'],
])('a network proxy that %s is reported, and the old instance is stopped all the same', async (_, status, why) => {
  const old = oldInstance();
  const lines: string[] = [];
  await handOver(old, 1, await proxy(status), (line) => lines.push(line));
  expect(lines).toEqual([expect.stringMatching(`catalog: new connections were not held.*${why}`)]);
  expect(old.stopped).toBe(1);
});

test('nothing is reported when the connections are held', async () => {
  const old = oldInstance();
  const lines: string[] = [];
  await handOver(old, 1, await proxy(200), (line) => lines.push(line));
  expect(lines).toEqual([]);
  expect(old.stopped).toBe(1);
});
