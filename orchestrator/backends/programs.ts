import { accessSync, constants, globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { freePort } from '../runtime/process/ports.ts';
import { type RunningProcess, RunProcesses } from '../runtime/process/run-processes.ts';
import { createRunState } from '../runtime/process/run-state.ts';
import type { Program, Started } from './program.ts';

export interface ProgramsOptions {
  /** Names the run; the programs have a guard of their own, under this name. */
  readonly id: string;
  /** Their logs go to `<runDir>/logs`; without it they go when the programs go. */
  readonly runDir?: string;
  /** Binaries by program name, as `--backend-binary` says. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where programs may lie as `<name>-<version>/<name>`. */
  readonly toolsDir: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** What we started for the backends: processes of this machine, which listen on 127.0.0.1 and go when the run goes, however it ends. */
export interface Programs {
  /** Starts them one after the other, each once the one before is ready. Throws a ShowrunnerError (exit code 3). */
  start(backend: string, programs: readonly Program[]): Promise<Readonly<Record<string, Started>>>;
  /** Those that have ended by themselves, a line each. */
  ended(): readonly string[];
  /** Ends all; throws where one is left. */
  close(): Promise<void>;
}

const stopMs = 3000;

export function createPrograms(options: ProgramsOptions): Programs {
  const state = createRunState(`${options.id}-backends`);
  const processes = new RunProcesses(state, options.runDir ?? state.dir);
  const gone: string[] = [];

  async function launch(
    backend: string,
    program: Program,
    others: Readonly<Record<string, Started>>,
  ): Promise<Started> {
    const command = binaryOf(program, options);
    const ports: Record<string, number> = {};
    for (const port of program.ports) ports[port] = await freePort();
    const dir = join(state.dir, `${backend}-${program.name}`);
    mkdirSync(dir);
    const place = { dir, ports, others };
    for (const [name, text] of Object.entries(program.files(place))) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const { PATH, HOME, TMPDIR, LANG } = options.env;
    const running = processes.start({
      name: `${backend}-${program.name}`,
      command,
      args: program.args(place),
      env: { PATH, HOME, TMPDIR, LANG, ...program.env },
      stop: 'TERM',
      cwd: dir,
    });
    await untilReady(running, {
      url: program.readyUrl(place),
      withinMs: program.readyWithinMs,
      signal: options.signal,
    });
    void tellWhenEnded(running, gone);
    options.progress(`started ${program.name} for ${backend}: ${command}`);
    return { ports };
  }

  return {
    async start(backend, programs) {
      const started: Record<string, Started> = {};
      for (const program of programs) started[program.name] = await launch(backend, program, started);
      return started;
    },
    ended: () => gone,
    async close() {
      processes.close();
      for (const running of processes.running.toReversed()) await running.stop(stopMs);
      const left = processes.running.map(({ name, pid }) => `${name} (${pid})`);
      await processes.release();
      if (left.length > 0) throw new Error(`still running: ${left.join(', ')}`);
    },
  };
}

/** What was named, else what is on the PATH, else what lies among the tools, the newest version. */
function binaryOf({ name }: Program, { binaries, env, toolsDir }: ProgramsOptions): string {
  const named = binaries[name];
  const byVersion = new Intl.Collator('en', { numeric: true });
  const cached = globSync(`${name}-*/${name}`, { cwd: toolsDir }).toSorted((a, b) => byVersion.compare(b, a));
  const found = [
    ...(named === undefined ? [] : [named]),
    ...(env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name)),
    ...cached.map((path) => join(toolsDir, path)),
  ];
  const usable = named === undefined ? found.find(isExecutable) : isExecutable(named) ? named : undefined;
  if (usable !== undefined) return usable;
  throw new ShowrunnerError(
    'no-backend-program',
    named === undefined ? `there is no ${name} to start` : `${named} cannot be executed`,
    {
      hint: `install it, name it with --backend-binary ${name}=<path>, or say in showrunner.yaml where one is running (url)`,
      exitCode: exitCodes.environment,
    },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function tellWhenEnded(running: RunningProcess, told: string[]): Promise<void> {
  const how = await running.ended;
  if (!running.stopping) told.push(`${running.name} ended with ${how}: read ${running.logFile}`);
}

const lookEveryMs = 100;

async function untilReady(
  running: RunningProcess,
  { url, withinMs, signal }: { readonly url: string; readonly withinMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const answers = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (answers) return;
    const ended = running.running ? undefined : await running.ended;
    if (ended !== undefined || performance.now() > deadline) {
      throw new ShowrunnerError(
        'backend-program-failed',
        ended === undefined
          ? `${running.name} was not ready within ${withinMs} ms`
          : `${running.name} ended at its start with ${ended}`,
        { hint: `read ${running.logFile}`, exitCode: exitCodes.environment, logTail: await running.logTail() },
      );
    }
    await sleep(lookEveryMs);
  }
}
