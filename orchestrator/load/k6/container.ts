import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { connectEngine, type Engine } from '../../runtime/containers/engine.ts';
import { findImage } from '../../runtime/containers/images/image-store.ts';
import { pinned } from '../../runtime/containers/images/pinned.ts';
import { label, labelsOf } from '../../runtime/containers/labels.ts';
import { reachFrom } from '../../runtime/containers/reach.ts';
import type { LoadEngine, LoadPlan } from '../engine.ts';
import { fetchNothing, k6Arguments, k6Environment } from './arguments.ts';
import { availability, k6Capabilities, lengthOf } from './binary.ts';
import { type K6ContainerSpec, startK6Container } from './container-process.ts';
import { guardLoad, type LoadGuard } from './guard.ts';
import { Measurements } from './measurements.ts';
import { failure } from './program.ts';
import { K6Run } from './run.ts';
import { wayInto } from './run-network.ts';
import { openSamplePipe } from './sample-pipe.ts';
import { scriptFolder } from './script-folder.ts';

/** Where the container finds the folder that it exchanges files with us in. */
const exchange = '/showrunner';

/**
 * Plays scripts on the stock image `grafana/k6`, which is not pulled behind the user's back. The container sees, read-only, the folder that
 * holds the script and its imports, under the same path, so that places in errors are places of this machine. It is in the network of the run
 * where the target is a container of ours, else in that of this machine, so that addresses mean the same as here.
 */
export function createK6Container(): LoadEngine {
  return {
    name: 'k6-container',
    capabilities: k6Capabilities,
    probe: () => availability(async () => versionOf(await findK6Image(await localEngine()))),
    async start(plan) {
      const engine = await localEngine();
      const image = await findK6Image(engine);
      plan.signal.throwIfAborted();
      const guard = guardLoad();
      try {
        const run = await startRun(plan, { engine, image, guard });
        await run.begin();
        return run;
      } catch (error) {
        await guard.release();
        throw error;
      }
    },
  };
}

/** An engine that shares this machine's files and network: k6 needs both. */
async function localEngine(): Promise<Engine> {
  const engine = await connectEngine();
  await reachFrom(engine);
  if (process.platform !== 'linux') {
    throw failure('unusable', 'k6 in a container reaches this machine on Linux only', {
      hint: 'play with `--engine k6-binary` or `--engine embedded`',
    });
  }
  return engine;
}

/** The image that docker/k6 pins; one that was brought as a file has its name and tag, but no digest. */
async function findK6Image(engine: Engine): Promise<string> {
  const reference = pinned('k6');
  const [tag = ''] = reference.split('@');
  for (const name of [reference, tag]) if (await findImage(engine, name)) return name;
  throw failure('missing', `the container engine has no image ${tag}`, {
    hint: 'run `showrunner images pull k6`, or play with `--engine embedded`',
  });
}

const versionOf = (reference: string): string => /:(\d[\w.-]*)/.exec(reference)?.[1] ?? reference;

interface Means {
  readonly engine: Engine;
  readonly image: string;
  readonly guard: LoadGuard;
}

async function startRun(plan: LoadPlan, { engine, image, guard }: Means): Promise<K6Run> {
  const folder = await readableFolder(plan.script);
  const wayIn = await wayInto(engine, plan.env['BASE_URL']);
  const own = { ...plan, env: { ...plan.env, ...(wayIn && { BASE_URL: wayIn.url }) } };
  const paths = { samples: `${exchange}/samples`, summary: `${exchange}/summary.json`, script: plan.script };
  const args = k6Arguments(own, paths);
  // Not the guard's folder itself: what is in it is run, and removed, on this machine.
  const shared = join(guard.dir, 'shared');
  const files = join(shared, 'files');
  await makeWorkingDir(files);
  const measurements = new Measurements(plan.onProgress);
  const logFrom = lengthOf(plan.logFile);
  const spec: K6ContainerSpec = {
    name: `showrunner-${guard.name}`,
    image,
    // Its own, also in the network of a show: the last will removes what has this label, and the shop is not the load's to remove.
    labels: labelsOf(guard.name),
    network: wayIn?.network ?? 'host',
    args,
    // Not in /tmp, where the script may be.
    env: { ...fetchNothing, ...k6Environment(paths), TMPDIR: exchange },
    binds: [`${folder}:${folder}:ro`, `${shared}:${exchange}`],
    workingDir: `${exchange}/files`,
  };
  guard.setLastWill([process.execPath, sweeper(), spec.labels[label.run] ?? '']);
  const pipe = await openSamplePipe(join(shared, 'samples'), (chunk) => measurements.push(chunk));
  const k6 = await startK6Container(engine, spec, plan).catch(async (error: unknown) => {
    await pipe.drain();
    throw error;
  });
  const summary = join(shared, 'summary.json');
  return new K6Run(plan, {
    process: k6,
    pipe,
    measurements,
    summary,
    logFrom,
    async finish() {
      try {
        await handOver(plan, { summary, files });
      } finally {
        // An engine that does not answer now is the guard's to wait for.
        await k6.remove().then(
          () => guard.release(),
          () => guard.letGo(),
        );
      }
    },
  });
}

/** A container has no other way to this machine's files than what is mounted. */
async function readableFolder(script: string): Promise<string> {
  const folder = await scriptFolder(script);
  if (folder !== '/' && !/^\/(usr|bin|lib|lib64|etc|proc|sys|dev)(\/|$)/.test(folder)) return folder;
  throw failure(
    'folder',
    `${script} and what it imports have only ${folder} in common, which no container can be given`,
    {
      hint: 'put the script and its files into one folder, or play with `--engine k6-binary`',
    },
  );
}

/** k6 makes no folders: where `handleSummary` writes into one of the working directory, its like must be there. */
async function makeWorkingDir(files: string): Promise<void> {
  await mkdir(files, { recursive: true });
  const entries = await readdir(process.cwd(), { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) await mkdir(join(files, name));
}

/** Gives the user what k6 has written: the summary where it was asked for, and the files of `handleSummary` as from the working directory. */
async function handOver(plan: LoadPlan, { summary, files }: { summary: string; files: string }): Promise<void> {
  await cp(files, process.cwd(), { recursive: true });
  const wanted = plan.summaryExport ?? plan.machineReadable;
  // Without a summary it was ended before it could write one.
  if (wanted !== undefined && existsSync(summary)) await copyFile(summary, wanted);
}

/** The program that removes a run from the engine after this process: as it is in the source, or bundled. */
function sweeper(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const program = 'orchestrator/runtime/containers/sweep-run';
  return join(packageRoot(), isSource ? `${program}.ts` : `dist/${program}.mjs`);
}
