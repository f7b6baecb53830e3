import type { ServiceSpec } from '../shop.ts';
import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Layout } from './layout.ts';
import { reservePort } from './ports.ts';
import { untilReady } from './readiness.ts';
import type { RunningProcess, RunProcesses } from './run-processes.ts';

/** The callee's name of the database in links: `catalog->postgres`. */
export const databaseName = 'postgres';

export interface Network {
  readonly process: RunningProcess;
  readonly apiUrl: string;
  /** `host:port` where each link listens, by `caller->callee`. */
  readonly links: ReadonlyMap<string, string>;
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
export async function startNetwork({ processes, layout, services, ports, signal }: NetworkOptions): Promise<Network> {
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
  const wanted = services.flatMap(({ name, calls, database }) =>
    [...calls, ...(database ? [databaseName] : [])].map((callee) => ({
      name: `${name}->${callee}`,
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${ports.get(callee)}`,
    })),
  );
  const answer = await fetch(`${apiUrl}/populate`, { method: 'POST', body: JSON.stringify(wanted), signal });
  const body = (await answer.json()) as { proxies: { name: string; listen: string }[] };
  if (!answer.ok) {
    throw new ShowrunnerError('network-proxy', `the network proxy refused its links: ${JSON.stringify(body)}`, {
      exitCode: exitCodes.environment,
    });
  }
  return { process: proxy, apiUrl, links: new Map(body.proxies.map(({ name, listen }) => [name, listen])) };
}
