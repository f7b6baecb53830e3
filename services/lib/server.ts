import http, { type RequestListener } from 'node:http';
import net from 'node:net';
import type { Config } from './config.ts';

const drainTimeoutMs = 4000;

export interface RunningServer {
  readonly port: number;
  /** Stops accepting, lets every connection finish, at most 4 s. */
  drain(): Promise<void>;
}

/** Listens on `config.host:config.port`; on Linux with SO_REUSEPORT, so that a new release can take over while the old one drains. */
export async function listen(config: Pick<Config, 'host' | 'port'>, handler: RequestListener): Promise<RunningServer> {
  let draining = false;
  const server = http.createServer((request, response) => {
    if (draining) response.setHeader('Connection', 'close');
    handler(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: config.host, port: config.port, reusePort: process.platform === 'linux' }, resolve);
  });

  async function drain(): Promise<void> {
    draining = true;
    // The kernel resets connections that still wait to be accepted when the socket closes. Closed right after a whole turn of
    // the loop has accepted what there was, the socket loses only what arrives within that millisecond. Connections that are
    // open already, which is what the services' pools use, lose nothing.
    await nextTurn();
    await nextTurn();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), drainTimeoutMs);
      // http.Server.close() would cut idle keep-alive connections at once, and with them a request that is on its way.
      net.Server.prototype.close.call(server, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  return { port: (server.address() as net.AddressInfo).port, drain };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
