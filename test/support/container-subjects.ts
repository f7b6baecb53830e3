import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import type { ShopFiles } from '../../orchestrator/runtime/containers/images/shop-files.ts';
import { type ContainersLayout, createContainersRuntime } from '../../orchestrator/runtime/containers/runtime.ts';
import type { Runtime } from '../../orchestrator/runtime/runtime.ts';
import { buildFakeShop, makeFolder } from './runtime-subjects.ts';

const root = join(import.meta.dirname, '../..');

/** Where the program is built that sweeps a run: beside the packages that it imports. */
export const sweeper = join(root, 'node_modules/.cache/showrunner-test/sweep-run.mjs');

/** The files of the fake shop's image, built into `folder`. */
export function fakeFiles(folder: string): ShopFiles {
  return {
    title: 'fake',
    files: new Map([
      ['/shop/service.cjs', join(folder, 'service.cjs')],
      ['/shop/network-proxy.mjs', join(folder, 'network-proxy.mjs')],
    ]),
    schemaDir: join(root, 'test/support/fake-shop/schema'),
    service: () => '/shop/service.cjs',
    telemetry: '/shop/none.cjs',
    networkProxy: '/shop/network-proxy.mjs',
  };
}

async function fakeContainersLayout(folder: string): Promise<ContainersLayout> {
  await buildFakeShop(folder);
  await build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    entryPoints: [join(root, 'orchestrator/runtime/containers/sweep-run.ts')],
    outfile: sweeper,
  });
  return { files: fakeFiles(folder), sweeper };
}

/** A server that containers can reach, like the tap. */
async function startListener(runtime: Runtime): Promise<{ readonly url: string; close(): void }> {
  const { listen, host } = await runtime.reach();
  const server = createServer((_, response) => response.end('{}')).listen(0, listen);
  await once(server, 'listening');
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

export async function containersSubject() {
  const folder = await makeFolder();
  const layout = await fakeContainersLayout(folder.path);
  const runtime = createContainersRuntime(layout);
  const listener = await startListener(runtime);
  return {
    runtime,
    layout,
    folder: folder.path,
    otlpEndpoint: listener.url,
    left: onEngine,
    remove: async () => {
      listener.close();
      await folder.remove();
    },
  };
}

/** Names of everything on the engine that a run may have made, by kind. */
export async function onEngine(run: string): Promise<readonly string[]> {
  const { docker } = await connectEngine();
  const filters = { label: [`showrunner.run=${run}`] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...volumes.map(({ Name }) => `volume ${Name}`),
  ].toSorted();
}

/** Whether a load plays on the engine, or has been left there: a container that is called so. */
export async function isLoadOnEngine(): Promise<boolean> {
  const { docker } = await connectEngine();
  return (await docker.listContainers({ all: true, filters: { name: ['showrunner-load-'] } })).length > 0;
}
