import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface ChildOptions {
  readonly execPath: string;
  readonly execArgv: readonly string[];
}

const v8Options = ['--max-semi-space-size=8', '--no-parallel-scavenge'];
// So that QuickJS ends a recursion before V8 does: quickjs/interpreter.ts.
const deepStacks = ['--stack-size=4000', '--wasm-stack-switching-stack-size=4000'];

/**
 * How the process that plays a script is run: by the Node that npm installed beside this program, which can suspend WebAssembly by itself;
 * without one by this process's own. What they cost and gain: docs/decisions/load-engine.md.
 */
export function childOptions(): ChildOptions {
  const execPath = bundledNode();
  if (execPath === undefined) return { execPath: process.execPath, execArgv: v8Options };
  return { execPath, execArgv: [...v8Options, ...deepStacks] };
}

/** An optional dependency: not there on every system. */
function bundledNode(): string | undefined {
  const manifest = `node-${process.platform}-${process.arch}/package.json`;
  const paths = createRequire(import.meta.url).resolve.paths(manifest) ?? [];
  const found = paths.map((folder) => join(folder, dirname(manifest), 'bin', 'node'));
  return found.find((file) => existsSync(file));
}
