#!/usr/bin/env node
// The door for any Node from 20 up. The program needs Node >= 22.22; an older one hands over to the Node that npm
// installed beside it (node-<platform>-<arch>, an optional dependency).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const environmentError = 3;
const main = fileURLToPath(new URL('../dist/orchestrator/main.mjs', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

// From the start of this process, so that "ready after" also counts what happens before the program is loaded.
process.env.SHOWRUNNER_STARTED_AT ??= String(Math.round(performance.timeOrigin));

// A show's budget is memory, not throughput: without this V8 lets the heap of a mostly idle program grow to twice what it needs.
setFlagsFromString('--optimize-for-size');

if (!existsSync(main)) {
  fail(`${main} is missing`, 'run `npm ci` (it builds the program), or `npm run build`');
} else if (major > 22 || (major === 22 && minor >= 22)) {
  // Whatever cannot be loaded (a native package left out, a system it does not run on) is the environment's, not a verdict.
  await import(main).catch((error) => fail(error.message, 'run `npm ci` without --omit=optional, on Linux with glibc'));
} else {
  handOver();
}

function handOver() {
  const node = bundledNode();
  if (!node) {
    fail(
      `Node ${process.versions.node} is too old and no newer one is installed for ${process.platform}-${process.arch}`,
      'install Node 22.22 or newer, or run `npm ci` without --omit=optional',
    );
    return;
  }
  // The IPC channel tells the program when this process is killed; a stop signal is passed on.
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message, 'reinstall with `npm ci`'));
  child.on('exit', (code) => (process.exitCode = code ?? environmentError));
}

function bundledNode() {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function fail(what, remedy) {
  process.stderr.write(`showrunner: ${what}\n  → ${remedy}\n`);
  process.exitCode = environmentError;
}
