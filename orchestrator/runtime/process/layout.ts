import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** Where the programs are that the process runtime starts; all bundled by build.mjs. */
export interface Layout {
  /** SQL files that make the seeded database, applied in the order of their names. */
  readonly schemaDir: string;
  service(name: string): string;
  /** Preloaded into instrumented services. */
  readonly telemetry: string;
  /** Preloaded into every Node child. */
  readonly watchParent: string;
  readonly networkProxy: string;
}

export function installedLayout(): Layout {
  const root = packageRoot();
  return {
    schemaDir: join(root, 'services', 'schema'),
    service: (name) => join(root, 'dist', 'services', `${name}.cjs`),
    telemetry: join(root, 'dist', 'services', 'telemetry.cjs'),
    watchParent: join(root, 'dist', 'orchestrator', 'runtime', 'process', 'watch-parent.cjs'),
    networkProxy: join(root, 'dist', 'orchestrator', 'runtime', 'network-proxy', 'main.mjs'),
  };
}
