import { createServer, request as forward, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';

/** A store that has what it was given only some time later, as a collector does that sends in batches. */
export function delayed(store: TelemetryStore, delayMs: number): TelemetryStore & { readonly stop: () => void } {
  const timers = new Set<NodeJS.Timeout>();
  return {
    version: store.version,
    get queuedBytes() {
      return store.queuedBytes;
    },
    add(records, bytes) {
      if (delayMs === 0) return store.add(records, bytes);
      const timer = setTimeout(() => {
        timers.delete(timer);
        store.add(records, bytes);
      }, delayMs);
      timers.add(timer);
    },
    query: (sql, params) => store.query(sql, params),
    count: () => store.count(),
    close: () => store.close(),
    stop: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}

/** Lets through to an OTLP receiver what has the ingestion key, as the cloud does. */
export async function guarded(endpoint: string, ingestionKey: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    if (incoming.headers['signoz-ingestion-key'] !== ingestionKey) {
      incoming.resume();
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"code":16,"message":"unauthenticated"}');
      return;
    }
    const outgoing = forward(
      `${endpoint}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.writeHead(503).end());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function addressOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
