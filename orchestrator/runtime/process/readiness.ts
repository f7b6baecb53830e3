import { get } from 'node:http';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGone } from './identity.ts';
import { processFailure } from '../running/failures.ts';
import type { RunningProcess } from './run-processes.ts';

/** Between two looks: short against the second a service takes to start, long against the cost of a look. */
const pollMs = 25;
/** A service starts in one to two seconds on two busy cores. */
const patienceMs = 30_000;

export interface Readiness {
  readonly port: number;
  readonly path: string;
  /** Whether an answer's body is that of the instance waited for. */
  readonly expected: (body: string) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Waits until `process` itself listens on the port and a fresh connection gets the expected answer. With SO_REUSEPORT the old instance
 * may be the one that answers, even in the same version: therefore both. Throws the process's failure when it ends or takes too long.
 */
export async function untilReady(process: RunningProcess, { port, path, expected, signal }: Readiness): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let last = 'gave no answer';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (!process.running) throw await processFailure(process, `ended at its start with ${await process.ended}`);
    const answer = await ask(port, path);
    if (answer.status === 200 && expected(answer.body) && listensOn(process.pid, port)) return;
    last = answer.status ? `answered ${answer.status} ${answer.body.slice(0, 200)}` : last;
    await sleep(pollMs, undefined, { signal });
  }
  throw await processFailure(process, `was not ready after ${patienceMs / 1000} s: ${path} ${last}`);
}

function ask(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const none = () => resolve({ status: 0, body: '' });
    // `agent: false`: a connection of its own each time, so that each instance behind the port is met.
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 1000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', none);
    });
    request.on('timeout', () => request.destroy()).on('error', none);
  });
}

/** Whether a process listens on this port of 127.0.0.1. Always true where the system cannot tell. */
export function listensOn(pid: number, port: number): boolean {
  return process.platform !== 'linux' || acceptQueue(pid, port) !== undefined;
}

/** How many connections wait to be accepted by the socket on which a process listens on this port; undefined when it does not listen. */
export function acceptQueue(pid: number, port: number): number | undefined {
  const listening = '0A';
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const queues = new Map<string, number>();
  for (const row of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const [, local, , state, sizes = '', , , , , inode] = row.trim().split(/\s+/);
    // For a listening socket the receive queue counts connections: proc(5), tcp_diag.
    if (local === address && state === listening)
      queues.set(`socket:[${inode}]`, parseInt(sizes.split(':')[1] ?? '', 16));
  }
  try {
    const own = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return queues.get(own.find((link) => queues.has(link)) ?? '');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}
