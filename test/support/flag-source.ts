import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Streams flags as docs/architecture.md says. */
export interface FlagSource {
  readonly url: string;
  /** Sends a document to everybody who listens now or comes later. */
  send(document: unknown): void;
  /** How many listen now. */
  listeners(): number;
  /** No more heartbeats, but the connections stay. */
  fallSilent(): void;
  close(): Promise<void>;
}

export async function startFlagSource(port = 0): Promise<FlagSource> {
  const streams = new Set<ServerResponse>();
  let document: unknown = { flags: {} };
  const line = (): string => `data: ${JSON.stringify(document)}\n\n`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(line());
    streams.add(response);
    response.on('close', () => streams.delete(response));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const heartbeat = setInterval(() => streams.forEach((stream) => stream.write(': beat\n')), 1000);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/flags`,
    send(next) {
      document = next;
      streams.forEach((stream) => stream.write(line()));
    },
    listeners: () => streams.size,
    fallSilent: () => clearInterval(heartbeat),
    async close() {
      clearInterval(heartbeat);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A boolean flag in flagd's format, rolled out to `share` percent of the contexts. */
export function flagAt(share: number): unknown {
  return {
    state: 'ENABLED',
    variants: { on: true, off: false },
    defaultVariant: 'off',
    targeting: { fractional: [{ var: 'targetingKey' }, ['on', share], ['off', 100 - share]] },
  };
}
