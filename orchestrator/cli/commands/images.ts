import { Argument, Command } from 'commander';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { connectEngine, type Engine } from '../../runtime/containers/engine.ts';
import { loadImages, saveImages } from '../../runtime/containers/images/archive.ts';
import { ensureImages, type ImageOptions } from '../../runtime/containers/images/images.ts';
import { officialImages, type OfficialImage } from '../../runtime/containers/images/pinned.ts';
import { pullImages } from '../../runtime/containers/images/pull.ts';
import { installedShopFiles } from '../../runtime/containers/images/shop-files.ts';
import { type ImageStatus, imageStatus } from '../../runtime/containers/images/status.ts';
import { imageTable } from '../image-table.ts';
import { jsonOption } from '../options.ts';
import { shopSeed } from '../../runtime/shop-seed.ts';
import { untilStopped } from '../stop.ts';
import type { CreateCommand } from './command.ts';

const examples = `
Examples:
  $ showrunner images                          what the engine has, and how to get the rest
  $ showrunner images build                    makes what a show needs of what npm has brought; no registry
  $ showrunner images pull toxiproxy k6        official images, at the versions that Showrunner is tested with
  $ showrunner images save shop.tar            one file for a booth without network,
  $ showrunner images load shop.tar            and there

Exit codes: 0 done, 3 the engine, a registry, the disk or a file does not allow it, 130 interrupted.
`;

export const imagesCommand: CreateCommand = (host, exit) => {
  const images = new Command('images')
    .description('list, make, pull, save and load the images of the containers runtime')
    .addHelpText('after', examples);
  const add = (name: string, description: string, example: string) =>
    images
      .command(name, { isDefault: name === 'list' })
      .description(description)
      .addOption(jsonOption(host))
      .addHelpText('after', `\nExamples:\n${example.replace(/^/gm, '  $ showrunner images ')}\n`);
  const run = (work: (task: Task) => Promise<void>) => async (json: boolean) => exit(await perform(host, json, work));

  const list = add('list', 'what the engine has, and how to get the rest (the default)', 'list\nlist --json');
  list.action(({ json }: Flags) => run(async (task) => report(task))(json));

  const build = add('build', 'make what a show needs of what npm has brought', 'build\nbuild --json');
  build.action(({ json }: Flags) => run(buildAll)(json));

  const pull = add('pull', 'fetch official images; all of them unless named', 'pull\npull toxiproxy k6');
  pull
    .addArgument(new Argument('[names...]', 'of the official ones').choices([...officialImages]))
    .action((names: readonly OfficialImage[], { json }: Flags) => run((task) => pullNamed(task, names))(json));

  const save = add('save', 'write what a show needs to one file', 'save shop.tar');
  save.argument('<file>').action((file: string, { json }: Flags) => run((task) => saveTo(task, file))(json));

  const load = add('load', 'give the engine what `save` wrote', 'load shop.tar');
  load.argument('<file>').action((file: string, { json }: Flags) => run((task) => loadFrom(task, file))(json));

  return images;
};

interface Flags {
  readonly json: boolean;
}

interface Task extends ImageOptions {
  readonly engine: Engine;
  readonly host: Host;
  readonly json: boolean;
}

/** Runs one subcommand. What is under way goes to stderr, so that stdout has the answer alone. */
async function perform(host: Host, json: boolean, work: (task: Task) => Promise<void>): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.passed;
  const progress = (line: string) => host.stderr.write(`${line}\n`);
  await untilStopped(host, async (signal) => {
    try {
      const engine = await connectEngine();
      await work({ engine, host, json, files: installedShopFiles(), seed: shopSeed, progress, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      exitCode = exitCodes.interrupted;
    }
  });
  return exitCode;
}

async function report(task: Task, only: (image: ImageStatus) => boolean = () => true): Promise<void> {
  const { host, json, engine } = task;
  const images = (await imageStatus(engine, task)).filter(only);
  host.stdout.write(json ? `${JSON.stringify({ images })}\n` : `${imageTable(images)}\n`);
}

async function buildAll(task: Task): Promise<void> {
  await ensureImages(task.engine, task);
  await report(task, ({ needed }) => needed);
}

async function pullNamed(task: Task, names: readonly OfficialImage[]): Promise<void> {
  const wanted = names.length > 0 ? names : officialImages;
  await pullImages(task.engine, wanted, task);
  await report(task, ({ name, source }) => source === 'official' && wanted.some((each) => each === name));
}

async function saveTo(task: Task, name: string): Promise<void> {
  const { engine, host, json, signal } = task;
  const file = resolve(host.cwd, name);
  const { shop, database } = await ensureImages(engine, task);
  const images = [shop, database.image];
  task.progress(`saving to ${file}`);
  await saveImages(engine, images, { file, signal });
  host.stdout.write(json ? `${JSON.stringify({ file, images })}\n` : `${file} has all that a show needs\n`);
}

async function loadFrom(task: Task, name: string): Promise<void> {
  const { engine, host, json, signal } = task;
  const file = resolve(host.cwd, name);
  task.progress(`loading ${file}`);
  const images = await loadImages(engine, { file, signal });
  const missing = (await imageStatus(engine, task)).filter(({ needed, present }) => needed && !present);
  const lines = [
    ...images.map((image) => `loaded ${image}`),
    ...missing.map((image) => `this version of Showrunner needs another ${image.name}: ${image.remedy}`),
  ];
  host.stdout.write(json ? `${JSON.stringify({ file, images, missing })}\n` : `${lines.join('\n')}\n`);
}
