import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** A port nobody else can take until it is let go. */
export interface Reservation {
  readonly port: number;
  letGo(): void;
}

/**
 * Reserves a free port of 127.0.0.1 for a child that opens it with SO_REUSEPORT: both hold it for a moment, so it is never free in
 * between. Connections that reach the reservation are closed unanswered.
 */
export async function reservePort(): Promise<Reservation> {
  const server = await listen(0, true);
  server.on('connection', (socket) => socket.destroy());
  return { port: portOf(server), letGo: () => void server.close() };
}

/**
 * A port that is free now, for a child that cannot share it. Below the range from which systems give out ports by themselves
 * (32768 on Linux, 49152 elsewhere), so that only somebody who asks for this very number can take it in between.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = await listen(port, false).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return undefined;
      throw error;
    });
    if (server) {
      server.close();
      await once(server, 'close');
      return port;
    }
  }
  throw Object.assign(new Error('no free port between 20000 and 32000'), { code: 'EADDRINUSE' });
}

async function listen(port: number, reusePort: boolean): Promise<Server> {
  const server = createServer().listen({ host: '127.0.0.1', port, reusePort });
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
