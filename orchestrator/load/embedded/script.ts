import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  build,
  stop,
  type BuildFailure,
  type BuildOptions,
  type Loader,
  type Message,
  type OnResolveResult,
  type Plugin,
} from 'esbuild';
import { ProblemsError, type Problem } from '../../errors.ts';
import { packageRoot } from '../../package-root.ts';
import { otherEngines } from './advice.ts';
import { isGuestFile } from './guest-files.ts';
import type { CompiledScript } from './protocol.ts';

/** The k6 modules this engine has, each by the file that is it inside a virtual user. */
const modules: Readonly<Record<string, string>> = {
  k6: 'k6.ts',
  'k6/crypto': 'crypto.ts',
  'k6/data': 'data.ts',
  'k6/encoding': 'encoding.ts',
  'k6/execution': 'execution.ts',
  'k6/html': 'html.ts',
  'k6/http': 'http.ts',
  'k6/metrics': 'metrics.ts',
  'k6/timers': 'timers.ts',
};

/** Read from the source by the bundled program too. */
const guestDir = join(packageRoot(), 'orchestrator', 'load', 'embedded', 'k6');
/** Modules whose default export is asked for by another way than `import name from`. */
const defaults = 'k6-defaults';
/** A default export that is more than the module's members. */
const ownDefault = 'k6/execution';
const map = 'script.js.map';
let compiling = 0;

/**
 * Bundles a k6 script (TypeScript or JavaScript, with its local imports) for the interpreter of a virtual user.
 * Types are not checked, as in k6. Throws a ProblemsError with every import and name that cannot be played.
 */
export async function compileScript(file: string): Promise<CompiledScript> {
  compiling += 1;
  try {
    const result = await build(buildOptions(file));
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

function buildOptions(file: string): BuildOptions & { readonly write: false } {
  return {
    stdin: { contents: entryOf(file), resolveDir: dirname(file), sourcefile: 'showrunner-entry' },
    absWorkingDir: '/',
    outfile: '/script.js',
    write: false,
    bundle: true,
    // A module, so that it is strict and may await at its top level, as in k6.
    format: 'esm',
    // Guest's side: k6/globals.ts.
    define: { 'import.meta.resolve': '__importMetaResolve' },
    // Compiled once, run by each virtual user: quickjs-host.ts.
    banner: { js: 'globalThis.loadScript = async () => {' },
    footer: { js: '};' },
    target: 'es2022',
    platform: 'neutral',
    sourcemap: 'external',
    charset: 'utf8',
    minifyWhitespace: true,
    logLevel: 'silent',
    plugins: [k6Modules(file)],
  };
}

const guest = (name: string): string => JSON.stringify(join(guestDir, name));

// The globals come before the script, which may use them while it is loaded.
function entryOf(file: string): string {
  return `import ${guest('random.ts')}; import ${guest('globals.ts')}; import * as script from ${JSON.stringify(file)};
    import { boot } from ${guest('boot.ts')}; boot(script);`;
}

function k6Modules(script: string): Plugin {
  return {
    name: 'k6-modules',
    setup(bundler) {
      bundler.onResolve({ filter: /.*/ }, ({ path, kind, importer, resolveDir, namespace }) => {
        if (kind === 'entry-point') return undefined;
        // What the engine itself imports is there.
        if (namespace !== 'file' && namespace !== '') return { path };
        if (path === script && !existsSync(path)) return { errors: [{ text: `there is no such file: ${path}` }] };
        if (isGuestFile(importer)) return undefined;
        return /^[./]|^file:/.test(path) && !path.startsWith('//') ? localFile(path, resolveDir) : moduleOf(path);
      });
      bundler.onLoad({ filter: /.*/, namespace: defaults }, ({ path }) => ({
        contents: defaultOf(path),
        resolveDir: guestDir,
      }));
      bundler.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
        if (isGuestFile(path)) return undefined;
        return { contents: namespaceImports(await readFile(path, 'utf8')), loader: loaders[extname(path)] ?? 'js' };
      });
    },
  };
}

const loaders: Readonly<Record<string, Loader>> = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts' };

/** As in k6, the name of a local file is whole: nothing is guessed. */
function localFile(path: string, folder: string): OnResolveResult {
  const file = path.startsWith('file:') ? fileURLToPath(path) : resolve(folder, path);
  if (file.endsWith('.json'))
    return { errors: [{ text: `${path} is JSON, which k6 imports no more than this engine` }] };
  return existsSync(file) ? { path: file } : { errors: [{ text: `there is no such file: ${file}` }] };
}

function moduleOf(path: string): OnResolveResult {
  const [name = '', form] = path.split('?');
  const own = modules[name];
  if (!own) return { errors: [{ text: refusal(path) }] };
  return form === 'members' || name === ownDefault
    ? { path: join(guestDir, own) }
    : { path: name, namespace: defaults };
}

/** A module with the default export that k6's modules have besides their members; asking it for what this engine lacks ends the run. */
function defaultOf(name: string): string {
  const file = JSON.stringify(join(guestDir, modules[name] ?? ''));
  const bridge = JSON.stringify(join(guestDir, 'default-export.ts'));
  return `export * from ${file}; import * as members from ${file}; import { defaultExport } from ${bridge};
    export default defaultExport(${JSON.stringify(name)}, members);`;
}

/**
 * As namespaces the bundler knows their members, and reports every `http.something` that this engine lacks with its position.
 * Where the script writes to the module, it gets the module's default export, which is an object of its own.
 */
function namespaceImports(source: string): string {
  return source.replaceAll(
    /(^|[;}])([ \t]*import\s+)([\w$]+)(?:\s*,\s*(\{[^{}]*\}))?(\s*from\s*)(["'])(k6(?:\/[\w/-]+)?)\6/gm,
    (whole: string, ...found: (string | undefined)[]) => {
      const [before = '', keyword = '', name = '', members, from = '', quote = '', module = ''] = found;
      if (module === ownDefault || isWrittenTo(name, source)) return whole;
      const path = `${from}${quote}${module}?members${quote}`;
      return `${before}${keyword}* as ${name}${path}${members === undefined ? '' : `; import ${members}${path}`}`;
    },
  );
}

function isWrittenTo(name: string, source: string): boolean {
  return new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\.\\w+\\s*=(?!=)`).test(source);
}

function refusal(path: string): string {
  if (path === 'k6' || path.startsWith('k6/'))
    return `the module ${path.replace('?members', '')} is not played by the embedded engine`;
  if (/^\w+:\/\//.test(path)) return `${path} is a remote import`;
  return `${path} is a package; k6 scripts import k6's modules and local files`;
}

function problemOf({ text, location }: Message, script: string): Problem {
  const hint = hintFor(text);
  return {
    message: text
      .replace(/Import ("\w+") will always be undefined .*/, 'k6 has no $1 on the embedded engine')
      .replace(
        /No matching export in "(?:k6-defaults:|.*embedded\/k6\/)([\w/]+)(?:\.ts)?" for import (".*")/,
        '$1 has no $2 on the embedded engine',
      ),
    ...placeOf(location, script),
    ...(hint && { hint }),
  };
}

/** As the file has it; the bundler may have been given another line. */
function placeOf(location: Message['location'], script: string): Pick<Problem, 'at' | 'excerpt'> {
  if (!location || isGuestFile(location.file)) return { at: { file: script, line: 1, col: 1 } };
  const file = `/${location.file.replace(/^\//, '')}`;
  const { line, column, lineText } = location;
  const excerpt = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1] ?? lineText;
  if (excerpt === lineText) return { at: { file, line, col: column + 1 }, excerpt };
  const named = lineText.slice(column, column + location.length).replace('?members', '');
  const found = excerpt.indexOf(named);
  return { at: { file, line, col: Math.max(found, 0) + 1 }, excerpt };
}

function hintFor(text: string): string | undefined {
  if (text.includes('remote import'))
    return `download it beside the script and import the local file, or ${otherEngines}`;
  if (text.includes(' is JSON')) return "read it in the init context: `JSON.parse(open('./data.json'))`";
  if (text.includes('no such file')) return 'k6 wants the whole name of the file, with its extension';
  if (text.includes('is a package')) return 'bundle the package into the script, or copy what it needs beside it';
  if (text.includes('k6/browser')) return 'play this script with `--engine k6-binary`, where there is Chromium';
  if (text.includes('k6/x/')) return 'play this script with `--engine k6-binary`, and a k6 that has the extension';
  return /embedded engine|always be undefined|No matching export/.test(text) ? otherEngines : undefined;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
