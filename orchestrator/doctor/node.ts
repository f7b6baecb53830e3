import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Check, ok, problem, warning } from './check.ts';

interface Nodes {
  /** Of the Node that runs this program, without its `v`. */
  readonly running: string;
  /** The package with the Node that npm installs beside the program, and its version. */
  bundled(): { readonly name: string; readonly version?: string };
}

/** The oldest that the program runs on, as in bin.mjs. */
const oldest = [22, 22] as const;

/** Which Node runs the program, and whether npm has brought one: an older Node hands over to it, and the images are made with it. */
export const nodeCheck = ({ running, bundled }: Nodes = thisMachines): Check => ({
  async look() {
    const [major = 0, minor = 0] = running.split('.').map(Number);
    const { name, version } = bundled();
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      return problem(`${running} runs the program; ${oldest.join('.')} is needed`, 'npm ci --include=optional');
    }
    if (!version) {
      return warning(
        `${running} runs the program; ${name} is not installed, which images are built from`,
        'npm ci --include=optional',
      );
    }
    return ok(
      running === version
        ? `${running} runs the program, as npm brought it`
        : `${running} runs the program; npm brought ${version}`,
    );
  },
});

const thisMachines: Nodes = {
  running: process.versions.node,
  bundled() {
    const name = `node-${process.platform}-${process.arch}`;
    try {
      const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
      return { name, version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return { name };
      throw error;
    }
  },
};
