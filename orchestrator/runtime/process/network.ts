import { populate } from '../running/populate.ts';
import type { ServiceSpec } from '../shop.ts';
import { linksOf } from '../running/service-environment.ts';
import type { Network } from '../running/platform.ts';
import type { Layout } from './layout.ts';
import { reservePort } from './ports.ts';
import { untilReady } from './readiness.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';

export interface ProcessNetwork extends Network {
  readonly instance: RunningProcess;
}

export interface NetworkOptions {
  readonly processes: RunProcesses;
  readonly layout: Layout;
  readonly services: readonly ServiceSpec[];
  /** Port of each service, and of `postgres`. */
  readonly ports: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

/** Starts the network proxy with one link per dependency. */
export async function startNetwork({
  processes,
  layout,
  services,
  ports,
  signal,
}: NetworkOptions): Promise<ProcessNetwork> {
  const reservation = await reservePort();
  const proxy = processes.start({
    name: 'network-proxy',
    command: process.execPath,
    args: [
      '--max-semi-space-size=2',
      '--optimize-for-size',
      '--max-old-space-size=128',
      '--require',
      layout.watchParent,
      layout.networkProxy,
    ],
    env: { PORT: String(reservation.port) },
    stop: 'TERM',
  });
  try {
    const { port } = reservation;
    await untilReady(proxy, { port, path: '/version', expected: () => true, signal });
  } finally {
    reservation.letGo();
  }
  const apiUrl = `http://127.0.0.1:${reservation.port}`;
  const wanted = linksOf(services).map(({ name, callee }) => ({
    name,
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${ports.get(callee)}`,
  }));
  const links = new Map((await populate(apiUrl, wanted, signal)).map(({ name, listen }) => [name, listen]));
  return { instance: proxy, apiUrl, addressOf: (link) => links.get(link) ?? '' };
}
