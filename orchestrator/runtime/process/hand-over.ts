import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { drainMs } from '../running/running-shop.ts';
import { acceptQueue } from './readiness.ts';
import type { RunningProcess } from './run-processes.ts';

/** Each step takes one turn of the old instance's event loop; a stuck one is not waited for. The proxy's hold ends after 2 s by itself. */
const stepMs = 800;

/**
 * Ends the old one of two instances on a port without losing a connection. When a socket is closed, the kernel resets the connections
 * that wait to be accepted by it, even where another socket shares the port. Therefore nothing new may arrive at that moment: the network
 * proxy holds new connections back until the old socket's queue is empty and the socket closed. (A client that does not come through
 * the proxy, as visitors of the storefront do, is not held.) Where they cannot be held, that is a line of progress, and the old one ends all the same.
 */
export async function handOver(
  old: RunningProcess,
  port: number,
  apiUrl: string,
  progress: (line: string) => void,
): Promise<void> {
  const hold = `${apiUrl}/holds/${encodeURIComponent(`127.0.0.1:${port}`)}`;
  let drained: Promise<void> | undefined;
  try {
    await ask('POST', hold);
    if (process.platform === 'linux') await until(() => !acceptQueue(old.pid, port));
    drained = old.stop(drainMs);
    if (process.platform === 'linux') await until(() => acceptQueue(old.pid, port) === undefined);
    await ask('DELETE', hold);
  } catch (error) {
    progress(`${old.name}: new connections were not held while it was replaced (${messageOf(error)})`);
  } finally {
    await (drained ?? old.stop(drainMs));
  }
}

async function ask(method: string, url: string): Promise<void> {
  const answer = await fetch(url, { method, signal: AbortSignal.timeout(stepMs) });
  if (!answer.ok) throw new Error(`the network proxy answered ${answer.status}`);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + stepMs;
  while (!condition() && performance.now() < deadline) await sleep(5);
}
