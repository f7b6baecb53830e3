import type Docker from 'dockerode';
import type { Engine } from '../../runtime/containers/engine.ts';
import { label, labelsOf } from '../../runtime/containers/labels.ts';

/** How a container of a run reaches what a URL of this machine leads to. */
export interface WayIn {
  readonly network: string;
  /** The same server by its name in that network. */
  readonly url: string;
}

/**
 * The network of the run of this process whose container has published the port of a URL; undefined where the URL leads elsewhere, for
 * example to a shop of processes.
 */
export async function wayInto({ docker }: Engine, url: string | undefined): Promise<WayIn | undefined> {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const target = new URL(url);
  if (!['127.0.0.1', 'localhost'].includes(target.hostname)) return undefined;
  const containers = await docker.listContainers({ filters: { label: [label.run] } });
  for (const { Id, Labels, Ports } of containers) {
    const run = Labels[label.run] ?? '';
    // Of a run of somebody else's the network is not ours to join: it could not be removed while we are in it.
    if (Labels[label.owner] !== labelsOf(run)[label.owner]) continue;
    const port = Ports.find(({ PublicPort, IP }) => PublicPort === Number(target.port) && IP === '127.0.0.1');
    if (port) return await insideOf(docker.getContainer(Id), target, port.PrivatePort);
  }
  return undefined;
}

/** The network that a container is in, and a server of it by the name that the others there have for the container. */
async function insideOf(container: Docker.Container, target: URL, port: number): Promise<WayIn> {
  const { NetworkSettings, Config, Id } = await container.inspect();
  const networks = Object.entries(NetworkSettings.Networks as Record<string, { Aliases?: readonly string[] | null }>);
  const [network, { Aliases: aliases }] = networks[0] ?? ['', {}];
  const inside = new URL(target);
  // The engine adds the container's id to the names that it was given.
  inside.hostname = aliases?.find((alias) => !Id.startsWith(alias)) ?? Config.Hostname;
  inside.port = String(port);
  return { network, url: target.pathname === '/' ? inside.href.replace(/\/$/, '') : inside.href };
}
