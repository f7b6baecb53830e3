import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import type { Availability, LoadEngine, LoadPlan } from '../engine.ts';
import { fetchNothing, k6Arguments, k6Environment, withoutOptions } from './arguments.ts';
import { guardLoad, type LoadGuard } from './guard.ts';
import { Measurements } from './measurements.ts';
import { findK6, type WhereIsK6 } from './program.ts';
import { type K6Exit, type K6Process, K6Run } from './run.ts';
import { openSamplePipe } from './sample-pipe.ts';

/** What stock k6 can do, and how it can be asked. */
export const k6Capabilities = {
  lateness: false,
  latencyFromDue: false,
  finishesIterations: false,
} as const;

/** Plays scripts on the stock k6 of this machine: nothing of it is changed, bundled or fetched. */
export function createK6Binary(where: WhereIsK6): LoadEngine {
  return {
    name: 'k6-binary',
    capabilities: k6Capabilities,
    probe: () => availability(async () => (await findK6(where)).version),
    async start(plan) {
      const { path } = await findK6(where);
      plan.signal.throwIfAborted();
      const guard = guardLoad();
      try {
        const run = await startRun(plan, path, guard);
        await run.begin();
        return run;
      } catch (error) {
        await guard.release();
        throw error;
      }
    },
  };
}

/** Whether an engine is there, by whatever finds it and tells its version. */
export async function availability(find: () => Promise<string>): Promise<Availability> {
  try {
    return { available: true, version: await find() };
  } catch (error) {
    const hint = error instanceof ShowrunnerError ? error.hint : undefined;
    return { available: false, reason: messageOf(error), hint: hint ?? 'play with `--engine embedded`' };
  }
}

async function startRun(plan: LoadPlan, program: string, guard: LoadGuard): Promise<K6Run> {
  const files = {
    samples: join(guard.dir, 'samples'),
    summary: plan.summaryExport ?? plan.machineReadable ?? join(guard.dir, 'summary.json'),
    script: plan.script,
  };
  const args = k6Arguments(plan, files);
  const measurements = new Measurements(plan.onProgress);
  const pipe = await openSamplePipe(files.samples, (chunk) => measurements.push(chunk));
  const logFrom = lengthOf(plan.logFile);
  // At a terminal k6 is the user's, who may let it fetch extensions.
  const own = plan.terminal ? process.env : withoutOptions(process.env);
  const env = { ...fetchNothing, ...own, ...k6Environment(files) };
  const k6 = await spawnK6([program, ...args], env, plan).catch(async (error: unknown) => {
    await pipe.drain();
    throw error;
  });
  if (k6.pid !== undefined) guard.watch(k6.pid);
  return new K6Run(plan, {
    process: k6,
    pipe,
    measurements,
    summary: files.summary,
    logFrom,
    finish: () => guard.release(),
  });
}

async function spawnK6(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  plan: LoadPlan,
): Promise<K6Process> {
  const log = plan.terminal ? undefined : openSync(plan.logFile, 'a');
  const output = log ?? 'inherit';
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', output, output],
    // In a session of its own: a Ctrl-C in the terminal reaches us alone, and when to stop is ours to say.
    detached: true,
  });
  if (log !== undefined) closeSync(log);
  const ended = new Promise<K6Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, how: error.message }));
    child.once('exit', (code, signal) =>
      resolve({ code: code ?? undefined, how: signal ? `signal ${signal}` : `exit code ${code}` }),
    );
  });
  return { pid: child.pid, ended, signal: (signal) => void child.kill(signal) };
}

/** Where a log ends, which is made where there is none. */
export function lengthOf(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true });
  closeSync(openSync(logFile, 'a'));
  return statSync(logFile).size;
}
