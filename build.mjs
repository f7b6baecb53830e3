// Bundles the program and the shop into dist/. Packages stay external, so that OpenTelemetry's require hooks see express and pg.
import { build } from 'esbuild';
import { readdirSync, rmSync, existsSync } from 'node:fs';

const services = existsSync('services')
  ? readdirSync('services', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(`services/${entry.name}/main.ts`))
      .map((entry) => entry.name)
  : [];

rmSync('dist', { recursive: true, force: true });

const common = { bundle: true, platform: 'node', target: 'node22', packages: 'external', sourcemap: true, logLevel: 'warning' };

await Promise.all([
  build({
    ...common,
    format: 'esm',
    entryPoints: ['orchestrator/main.ts'].filter((file) => existsSync(file)),
    outdir: 'dist/orchestrator',
    outExtension: { '.js': '.mjs' },
  }),
  build({
    ...common,
    format: 'cjs',
    entryPoints: services.map((name) => ({ in: `services/${name}/main.ts`, out: name })),
    outdir: 'dist/services',
    outExtension: { '.js': '.cjs' },
  }),
]);
