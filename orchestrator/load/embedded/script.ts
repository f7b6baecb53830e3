import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { build, stop, type BuildFailure, type Loader, type Message, type Plugin } from 'esbuild';
import { ProblemsError, type Problem } from '../../errors.ts';
import { packageRoot } from '../../package-root.ts';
import { otherEngines } from './advice.ts';
import type { CompiledScript } from './protocol.ts';

/** The k6 modules this engine has, each by the file that is it inside a virtual user. */
const modules: Readonly<Record<string, string>> = { k6: 'k6.ts', 'k6/http': 'http.ts', 'k6/execution': 'execution.ts' };

/** Read from the source by the bundled program too. */
const guestDir = join(packageRoot(), 'orchestrator', 'load', 'embedded', 'k6');
const map = 'script.js.map';
let compiling = 0;

/**
 * Bundles a k6 script (TypeScript or JavaScript, with its local imports) for the interpreter of a virtual user.
 * Types are not checked, as in k6. Throws a ProblemsError with every import and name that cannot be played.
 */
export async function compileScript(file: string): Promise<CompiledScript> {
  compiling += 1;
  try {
    const result = await build({
      stdin: { contents: entryOf(file), resolveDir: dirname(file), sourcefile: 'showrunner-entry' },
      absWorkingDir: '/',
      outfile: '/script.js',
      write: false,
      bundle: true,
      format: 'iife',
      target: 'es2022',
      platform: 'neutral',
      sourcemap: 'external',
      charset: 'utf8',
      minifyWhitespace: true,
      logLevel: 'silent',
      plugins: [k6Modules(file)],
    });
    const undefinedNames = result.warnings.filter((warning) => warning.id === 'import-is-undefined');
    if (undefinedNames.length > 0) throw new ProblemsError(undefinedNames.map((one) => problemOf(one, file)));
    const text = (name: string): string => result.outputFiles.find((output) => output.path.endsWith(name))?.text ?? '';
    return { file, code: text('script.js'), map: text(map) };
  } catch (error) {
    if (error instanceof ProblemsError || !isBuildFailure(error)) throw error;
    throw new ProblemsError(error.errors.map((one) => problemOf(one, file)));
  } finally {
    compiling -= 1;
    // The bundler is a process of its own, which would stay as long as this one.
    if (compiling === 0) await stop();
  }
}

/** True for a file of the interpreter's own side; a stack trace shows the script's files only. */
function isGuestFile(file: string): boolean {
  return file.startsWith(guestDir) || file.endsWith('showrunner-entry');
}

// The globals come first: a script may use them while it is loaded.
function entryOf(file: string): string {
  const [globals, script, boot] = [join(guestDir, 'globals.ts'), file, join(guestDir, 'boot.ts')].map((path) =>
    JSON.stringify(path),
  );
  return `import ${globals}; import * as script from ${script}; import { boot } from ${boot}; boot(script);`;
}

function k6Modules(script: string): Plugin {
  return {
    name: 'k6-modules',
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]|^\/\// }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const own = modules[path];
        return own ? { path: join(guestDir, own) } : { errors: [{ text: refusal(path) }] };
      });
      bundler.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
        if (isGuestFile(path)) return undefined;
        if (path === script && !existsSync(path)) return { errors: [{ text: `there is no such file: ${path}` }] };
        return { contents: namespaceImports(await readFile(path, 'utf8')), loader: loaders[extname(path)] ?? 'js' };
      });
    },
  };
}

const loaders: Readonly<Record<string, Loader>> = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts' };

/** As namespaces the bundler knows their members, and reports every `http.something` that this engine lacks with its position. */
function namespaceImports(source: string): string {
  return source.replaceAll(/^import\s+([\w$]+)\s+from\s+(['"])(k6(?:\/\w+)*)\2/gm, 'import * as $1 from $2$3$2');
}

function refusal(path: string): string {
  if (path === 'k6' || path.startsWith('k6/')) return `the module ${path} is not played by the embedded engine`;
  if (/^\w+:\/\//.test(path)) return `${path} is a remote import`;
  return `${path} is a package; k6 scripts import k6's modules and local files`;
}

function problemOf({ text, location }: Message, script: string): Problem {
  const file = location ? `/${location.file.replace(/^\//, '')}` : script;
  const hint = hintFor(text);
  return {
    message: text.replace(/Import ("\w+") will always be undefined .*/, 'k6 has no $1 on the embedded engine'),
    at: { file, line: location?.line ?? 1, col: (location?.column ?? 0) + 1 },
    ...(location && { excerpt: location.lineText }),
    ...(hint && { hint }),
  };
}

function hintFor(text: string): string | undefined {
  if (text.includes('remote import')) return 'download it beside the script and import the local file';
  if (text.includes('is a package')) return 'bundle the package into the script, or copy what it needs beside it';
  return /embedded engine|always be undefined|No matching export/.test(text) ? otherEngines : undefined;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
