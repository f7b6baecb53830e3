import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../package-root.ts';
import { failure } from '../engine.ts';
import { packageClosure, readManifest } from './packages.ts';

/** What of a shop goes into its image. */
export interface ShopFiles {
  /** Of the shop, on its images: those of one shop never replace another's. `shop` unless set. */
  readonly title?: string;
  /** Path in the image -> path on this machine, of a file or a folder. */
  readonly files: ReadonlyMap<string, string>;
  /** On this machine: the SQL that makes the seeded database. */
  readonly schemaDir: string;
  /** In the image: the program of a service, */
  service(name: string): string;
  /** what is preloaded into instrumented ones, */
  readonly telemetry: string;
  /** and our own network proxy. */
  readonly networkProxy: string;
}

const services = '/shop/dist/services';
const networkProxy = '/shop/dist/orchestrator/runtime/network-proxy/main.mjs';

/** Those of the installed program. Throws a ShowrunnerError (exit code 3) where it has not been built, or lacks a package. */
export function installedShopFiles(): ShopFiles {
  const root = packageRoot();
  const dist = join(root, 'dist');
  const proxy = join(dist, 'orchestrator/runtime/network-proxy/main.mjs');
  if (!existsSync(join(dist, 'services')) || !existsSync(proxy)) {
    throw failure('not-built', `${dist} lacks the programs of the shop`, { hint: 'run `npm run build`' });
  }
  const programs = [...readdirSync(join(dist, 'services')).map((name) => join(dist, 'services', name)), proxy].filter(
    (file) => file.endsWith('js'),
  );
  return {
    files: new Map([[services, join(dist, 'services')], [networkProxy, proxy], ...packagesOf(programs, root)]),
    schemaDir: join(root, 'services/schema'),
    service: (name) => `${services}/${name}.cjs`,
    telemetry: `${services}/telemetry.cjs`,
    networkProxy,
  };
}

/** The packages that programs load, of those that Showrunner depends on, and all that these need. */
function packagesOf(programs: readonly string[], root: string): readonly (readonly [string, string])[] {
  const own = readManifest(root).dependencies ?? {};
  const names = new Set(programs.flatMap((file) => packagesLoadedBy(readFileSync(file, 'utf8'))));
  const needed = [...names].filter((name) => name in own).toSorted();
  try {
    return [...packageClosure(needed, root)].map(([path, source]) => [`/shop/${path}`, source] as const);
  } catch (error) {
    throw failure('package-missing', `the shop cannot be put into an image: ${(error as Error).message}`, {
      hint: 'run `npm ci` again',
      cause: error,
    });
  }
}

/** Names of packages in `require` and `import` of bundled code: `pg`, `@scope/name`, without what is below them. */
export function packagesLoadedBy(code: string): readonly string[] {
  const loads = code.matchAll(
    /(?:\brequire\(|\bimport\(|\bfrom\s*|\bimport\s*)["']((?:@[\w.-]+\/)?[a-z][\w.-]*)[^"':]*["']/g,
  );
  return [...new Set([...loads].map(([, name = '']) => name))];
}
