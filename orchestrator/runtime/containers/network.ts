import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { databaseName, frontDoor, type Network } from '../running/platform.ts';
import { populate } from '../running/populate.ts';
import { linksOf } from '../running/service-environment.ts';
import type { ServiceSpec } from '../shop.ts';
import { answering } from './container.ts';
import { failure } from './engine.ts';
import type { RunImages } from './images/images.ts';
import type { ShopFiles } from './images/shop-files.ts';
import type { RunContainers } from './run-containers.ts';
import type { RunningContainer } from './running-container.ts';

/** The link that the load and the visitors of this machine come in by. */
export const visitors = `visitor->${frontDoor}`;

const nobody = '65534:65534';
const alias = 'network-proxy';
const apiPort = 8474;
const firstLinkPort = 20_000;
const ports = { service: 8080, database: 5432 };

export interface ContainerNetwork extends Network {
  readonly instance: RunningContainer;
  /** `host:port` where a container of the run finds a link. */
  insideAddressOf(link: string): string;
  /** Does something while new connections to an upstream are held back, where the proxy is ours. */
  holding(upstream: string, act: () => Promise<void>): Promise<void>;
}

export interface NetworkOptions {
  readonly containers: RunContainers;
  readonly images: RunImages;
  readonly files: ShopFiles;
  readonly services: readonly ServiceSpec[];
  readonly otlpEndpoint: string;
  readonly signal: AbortSignal;
}

/** Starts the network proxy, Toxiproxy itself or ours, with one link for each dependency, and sees that the tap can be reached from there. */
export async function startNetwork(options: NetworkOptions): Promise<ContainerNetwork> {
  const { services, images, signal } = options;
  const links = [{ name: visitors, callee: frontDoor }, ...linksOf(services)];
  const portOf = new Map(links.map(({ name }, index) => [name, firstLinkPort + index]));
  const probePort = firstLinkPort + links.length;
  const proxy = await startProxy(options, [...portOf.values(), probePort]);
  const apiUrl = `http://${proxy.addressOf(apiPort)}`;
  const wanted = links.map(({ name, callee }) => ({
    name,
    listen: `0.0.0.0:${portOf.get(name)}`,
    upstream: `${callee}:${callee === databaseName ? ports.database : ports.service}`,
  }));
  await populate(apiUrl, wanted, signal);
  await probeTap(options, { apiUrl, proxy, port: probePort });
  return {
    instance: proxy,
    apiUrl,
    addressOf: (link) => proxy.addressOf(portOf.get(link) ?? 0),
    insideAddressOf: (link) => `${alias}:${portOf.get(link)}`,
    holding: images.networkProxy.kind === 'own' ? (upstream, act) => holding(apiUrl, upstream, act) : (_, act) => act(),
  };
}

function startProxy(
  { containers, images, files }: NetworkOptions,
  linkPorts: readonly number[],
): Promise<RunningContainer> {
  const { kind, image } = images.networkProxy;
  const own = [
    'node',
    '--max-semi-space-size=2',
    '--optimize-for-size',
    '--max-old-space-size=128',
    files.networkProxy,
  ];
  return containers.start({
    part: alias,
    alias,
    image,
    command: kind === 'own' ? own : ['/toxiproxy', '-host=0.0.0.0', `-port=${apiPort}`],
    env: { HOST: '0.0.0.0', PORT: String(apiPort) },
    ports: [apiPort, ...linkPorts],
    memoryMb: 192,
    // Toxiproxy's image names no user.
    user: nobody,
    // Toxiproxy connects to one upstream after the other, without a limit: a container that goes away between the look-up of its name and the
    // connection would hold its link up for two minutes. One repetition: https://docs.kernel.org/networking/ip-sysctl.html
    ...(kind === 'toxiproxy' && { sysctls: { 'net.ipv4.tcp_syn_retries': '1' } }),
    ready: answering('/version', apiPort),
  });
}

/** Asks the tap for an answer the way the shop will: from a container, by the name that the shop has for this machine. */
async function probeTap(
  { otlpEndpoint, signal }: NetworkOptions,
  { apiUrl, proxy, port }: { readonly apiUrl: string; readonly proxy: RunningContainer; readonly port: number },
): Promise<void> {
  const { host } = new URL(otlpEndpoint);
  const name = 'probe';
  await populate(apiUrl, [{ name, listen: `0.0.0.0:${port}`, upstream: host }], signal);
  try {
    // Whatever it answers: it answers.
    await fetch(`http://${proxy.addressOf(port)}/v1/traces`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw failure(
      'tap-unreachable',
      `no container can reach the telemetry receiver of this machine at ${host}: ${messageOf(error)}`,
      {
        hint: 'let containers in at the firewall (`sudo iptables -I INPUT -i br-+ -j ACCEPT`), or play with `--runtime process`',
        cause: error,
      },
    );
  } finally {
    await fetch(`${apiUrl}/proxies/${name}`, { method: 'DELETE', signal: AbortSignal.timeout(2000) });
  }
}

/** Each step takes one turn of an event loop; a stuck one is not waited for. The proxy ends every hold after 2 s by itself. */
const stepMs = 800;

async function holding(apiUrl: string, upstream: string, act: () => Promise<void>): Promise<void> {
  const ask = async (method: string) => {
    const answer = await fetch(`${apiUrl}/holds/${encodeURIComponent(upstream)}`, {
      method,
      signal: AbortSignal.timeout(stepMs),
    });
    if (!answer.ok) throw new Error(`the network proxy answered ${answer.status}`);
    return answer;
  };
  await ask('POST');
  try {
    await until(async () => ((await (await ask('GET')).json()) as { unanswered: number }).unanswered === 0);
    await act();
  } finally {
    await ask('DELETE');
  }
}

/** Waits for something that is worth a moment, not more. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + stepMs;
  while (!(await condition()) && performance.now() < deadline) await sleep(10);
}
