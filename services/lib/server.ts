import http, { type RequestListener } from 'node:http';
import net from 'node:net';
import type { Config } from './config.ts';

const drainTimeoutMs = 4000;

export interface RunningServer {
  readonly port: number;
  /** Stops accepting, lets every connection finish, at most 4 s. */
  drain(): Promise<void>;
}

/** Listens on `config.host:config.port` with SO_REUSEPORT, so that a new release can take over while the old one drains. */
export async function listen(config: Pick<Config, 'host' | 'port'>, handler: RequestListener): Promise<RunningServer> {
  let draining = false;
  const server = http.createServer((request, response) => {
    if (draining) response.setHeader('Connection', 'close');
    handler(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: config.host, port: config.port, reusePort: true }, resolve);
  });

  async function drain(): Promise<void> {
    draining = true;
    // One more turn of the loop accepts what waits in this socket's queue: the kernel resets what is left there at the close.
    await new Promise((resolve) => setImmediate(resolve));
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
