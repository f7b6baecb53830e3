import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { messageOf } from '../../errors.ts';
import type { Reach } from '../runtime.ts';
import { type Engine, failure } from './engine.ts';

/**
 * Containers find this machine as `host.docker.internal`, at the address of the engine's own bridge: there we listen. Where that address is
 * not ours, the engine runs in a virtual machine of this one, which passes on what comes to our loopback.
 * Throws a ShowrunnerError (exit code 3) for an engine whose containers cannot reach this machine.
 */
export async function reachFrom({ docker, remoteHost, rootless }: Engine): Promise<Reach> {
  const away = remoteHost ?? (rootless ? 'a network of its own (rootless)' : undefined);
  if (away) {
    throw failure(
      'engine-remote',
      `the engine runs on ${away}: its containers cannot reach the telemetry receiver of this machine`,
      { hint: 'play on the machine of the engine, with an engine that has root; or use `--runtime process`' },
    );
  }
  const host = 'host.docker.internal';
  const address = await bridgeAddress(docker);
  if (address && (await isOurs(address))) return { listen: address, host };
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) {
    throw failure(
      'engine-outside',
      'this runs in a container, and the engine outside of it: neither would reach the other’s ports',
      { hint: 'play on the machine of the engine, or use `--runtime process`' },
    );
  }
  return { listen: '127.0.0.1', host };
}

/** An engine that has just made its bridge does not name the gateway; it takes the first address. */
async function bridgeAddress(docker: Engine['docker']): Promise<string | undefined> {
  const { IPAM } = (await docker
    .getNetwork('bridge')
    .inspect()
    .catch((cause: unknown) => {
      throw failure('engine-bridge', `the engine has no bridge of its own: ${messageOf(cause)}`, {
        hint: 'take `"bridge": "none"` out of its settings (daemon.json), or play with `--runtime process`',
        cause,
      });
    })) as Bridge;
  const [{ Gateway: gateway, Subnet: subnet } = {}] = IPAM?.Config ?? [];
  return gateway ?? subnet?.replace(/\.(\d+)\/\d+$/, (_, last: string) => `.${Number(last) + 1}`);
}

interface Bridge {
  readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string; readonly Subnet?: string }[] };
}

/** Whether this machine has an address. A list of interfaces would not tell: a bridge without a container is down, and not in it. */
async function isOurs(address: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(0, address), 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return false;
    throw error;
  } finally {
    server.close();
  }
}
