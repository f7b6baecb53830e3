import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Layout } from '../../orchestrator/runtime/process/layout.ts';
import type { ServiceSpec, Shop } from '../../orchestrator/runtime/shop.ts';

const root = join(import.meta.dirname, '../..');

/** A small shop: the storefront calls `back`; both have the database; `back` may be told to misbehave by a release's environment. */
export const fakeShop: Shop = {
  services: Object.fromEntries(
    [
      { name: 'storefront', calls: ['back'] },
      { name: 'back', releases: ['1.0.0', '1.1.0'] },
      { name: 'worker', routes: [] },
    ].map((partial): [string, ServiceSpec] => [
      partial.name,
      {
        version: '1.0.0',
        releases: ['1.0.0'],
        instrumented: false,
        database: true,
        calls: [],
        routes: ['GET /who'],
        ...partial,
      },
    ]),
  ),
  flags: { flags: {} },
};

/** Bundles the fake services and what the runtime preloads and starts into `folder`: nothing depends on dist/. */
export async function buildFakeShop(folder: string): Promise<Layout> {
  const common = { bundle: true, platform: 'node', target: 'node22', logLevel: 'warning' } as const;
  await Promise.all([
    build({
      ...common,
      format: 'cjs',
      entryPoints: [join(root, 'test/support/fake-shop/service.ts')],
      outfile: join(folder, 'service.cjs'),
      external: ['pg-native'],
    }),
    build({
      ...common,
      format: 'cjs',
      entryPoints: [join(root, 'orchestrator/runtime/process/watch-parent.ts')],
      outfile: join(folder, 'watch-parent.cjs'),
    }),
    build({
      ...common,
      format: 'esm',
      entryPoints: [join(root, 'orchestrator/runtime/network-proxy/main.ts')],
      outfile: join(folder, 'network-proxy.mjs'),
    }),
  ]);
  return layoutIn(folder);
}

export function layoutIn(folder: string): Layout {
  return {
    schemaDir: join(root, 'test/support/fake-shop/schema'),
    service: () => join(folder, 'service.cjs'),
    telemetry: join(folder, 'none.cjs'),
    watchParent: join(folder, 'watch-parent.cjs'),
    networkProxy: join(folder, 'network-proxy.mjs'),
  };
}

/** A folder for one test file, and how to remove it. */
export async function makeFolder(): Promise<{ path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'runtime-test-'));
  await mkdir(join(path, 'cache'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
