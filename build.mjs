// Bundles the program and the shop into dist/. `node build.mjs services` (or `orchestrator`) builds that half alone.
import { build } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';

const common = { bundle: true, platform: 'node', target: 'node22', logLevel: 'warning' };

if (!existsSync('node_modules/@opentelemetry/sdk-node')) {
  console.error('build: not built, its packages are missing\n  → run `npm ci` without --omit=dev');
  // An installation for production has either been built before or says so when it is run.
  process.exit(process.env.npm_lifecycle_event === 'prepare' ? 0 : 1);
}

const halves = {
  orchestrator: () =>
    Promise.all([
      build({
        ...common,
        format: 'esm',
        packages: 'external',
        entryPoints: [
          'orchestrator/main.ts',
          'orchestrator/load/embedded/child.ts',
          'orchestrator/runtime/containers/sweep-run.ts',
        ],
        // So that what only one runtime needs is loaded only with it.
        splitting: true,
        chunkNames: 'chunks/[name]-[hash]',
        outbase: 'orchestrator',
        outdir: 'dist/orchestrator',
        outExtension: { '.js': '.mjs' },
      }),
      // On its own, so that an image of the shop needs no other file of the program.
      build({
        ...common,
        format: 'esm',
        entryPoints: ['orchestrator/runtime/network-proxy/main.ts'],
        outfile: 'dist/orchestrator/runtime/network-proxy/main.mjs',
      }),
      // Preloaded with --require into every Node child.
      build({
        ...common,
        format: 'cjs',
        entryPoints: ['orchestrator/runtime/process/watch-parent.ts'],
        outfile: 'dist/orchestrator/runtime/process/watch-parent.cjs',
      }),
    ]),
  services: () =>
    Promise.all([
      // Packages stay external, so that OpenTelemetry's require hooks see express, pg and pino.
      build({
        ...common,
        format: 'cjs',
        packages: 'external',
        sourcemap: true,
        sourcesContent: false,
        // Stack traces name /shop/services/checkout/tax.ts, wherever this is installed.
        sourceRoot: '/shop/dist/services/',
        entryPoints: serviceNames().map((name) => ({ in: `services/${name}/main.ts`, out: name })),
        outdir: 'dist/services',
        outExtension: { '.js': '.cjs' },
      }),
      // The SDK goes into one file, without what the shop never uses: 20 MB of memory and 0.4 s of CPU less per service.
      build({
        ...common,
        format: 'cjs',
        external: ['express', 'pg', 'pino'],
        plugins: [
          leaveOut(/^@opentelemetry\/(exporter-(zipkin|prometheus|.*-grpc)|propagator-(jaeger|b3)|configuration)$/),
        ],
        entryPoints: ['services/lib/telemetry.ts'],
        outfile: 'dist/services/telemetry.cjs',
      }),
    ]),
};

/** Packages that NodeSDK imports for configurations the shop does not have; empty modules take their place. */
function leaveOut(filter) {
  return {
    name: 'leave-out',
    setup(bundle) {
      bundle.onResolve({ filter }, ({ path }) => ({ path, namespace: 'left-out' }));
      bundle.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
        contents: 'module.exports = {};',
        loader: 'js',
      }));
    },
  };
}

function serviceNames() {
  return readdirSync('services', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`services/${entry.name}/main.ts`))
    .map((entry) => entry.name);
}

const asked = process.argv.slice(2);
await Promise.all(
  Object.entries(halves)
    .filter(([half]) => asked.length === 0 || asked.includes(half))
    .map(([half, buildHalf]) => {
      rmSync(`dist/${half}`, { recursive: true, force: true });
      return buildHalf();
    }),
);
