import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';

/**
 * The nearest folder that holds a script, all local modules that it imports, and the files that these name in `open('…')`. What a script
 * opens by a name that it makes up while it runs is there when it is in this folder.
 */
export async function scriptFolder(script: string): Promise<string> {
  const modules = await modulesOf(script);
  const opened = await Promise.all(modules.map((module) => filesOpenedIn(module)));
  return [...modules, ...opened.flat()].map((file) => dirname(file)).reduce(commonFolder, dirname(script));
}

/** The local modules of a script, itself included; of one that cannot be compiled only itself: k6 says what is wrong with it. */
async function modulesOf(script: string): Promise<readonly string[]> {
  try {
    const { metafile } = await build({
      entryPoints: [script],
      absWorkingDir: dirname(script),
      bundle: true,
      write: false,
      metafile: true,
      logLevel: 'silent',
      external: ['k6', 'k6/*', 'http://*', 'https://*'],
    });
    return Object.keys(metafile.inputs).map((file) => resolve(dirname(script), file));
  } catch {
    return [script];
  }
}

async function filesOpenedIn(module: string): Promise<readonly string[]> {
  const source = await readFile(module, 'utf8').catch(() => '');
  const names = source.matchAll(/\bopen\(\s*(["'`])([^"'`$\n]+)\1/g);
  return [...names].map(([, , name = '']) => resolve(dirname(module), name));
}

function commonFolder(one: string, other: string): string {
  const others = other.split(sep);
  const parts = one.split(sep);
  const differs = parts.findIndex((part, index) => part !== others[index]);
  return parts.slice(0, differs === -1 ? parts.length : differs).join(sep) || sep;
}
