import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, ProblemsError, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { packageRoot } from '../../package-root.ts';
import { k6ExitCodes, ScriptRefused } from '../engine.ts';
import type { LoadEnd, LoadEngine, LoadPlan, LoadRun, LoadSummary } from '../engine.ts';
import { childOptions } from './child-options.ts';
import type { CompiledScript, Order, Report } from './protocol.ts';
import { compileScript } from './script.ts';

/** The process lets iterations run for 5 s after it was told to stop; one that has not answered by then never will. */
const firstStopWithinMs = 5000;
/** Over what it may take. */
const patienceMs = 1500;
/** From its last report until the process has ended by itself. */
const endWithinMs = 2000;
const logTailLines = 20;

/** Plays ordinary, synchronous k6 scripts in a Node process, with nothing else installed. */
export const embeddedEngine: LoadEngine = {
  name: 'embedded',
  capabilities: { lateness: true, latencyFromDue: true, finishesIterations: true },
  probe: () => Promise.resolve({ available: true, version: version() }),
  async start(plan) {
    const script = await compile(plan.script);
    plan.signal.throwIfAborted();
    const run = new EmbeddedRun(plan);
    const { env, terminal, summaryExport, machineReadable } = plan;
    await run.begin({
      type: 'play',
      script,
      env,
      ...(terminal && { terminal }),
      ...(summaryExport !== undefined && { summaryExport }),
      ...(machineReadable !== undefined && { machineReadable }),
    });
    return run;
  },
};

/** k6's exit code for what cannot be compiled is that of an exception. */
async function compile(file: string): Promise<CompiledScript> {
  try {
    return await compileScript(file);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    throw new ScriptRefused(error.problems, k6ExitCodes.scriptException);
  }
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return own;
}

const nothing: LoadSummary = {
  iterations: 0,
  requests: 0,
  failed: 0,
  dropped: 0,
  p95Ms: 0,
  lateP99Ms: 0,
  checks: [],
  thresholds: [],
};

class EmbeddedRun implements LoadRun {
  readonly ended: Promise<LoadEnd>;
  readonly #plan: LoadPlan;
  readonly #child: ChildProcess;
  #summary = nothing;
  #outcome: LoadEnd | undefined;
  #stopping: Promise<LoadSummary> | undefined;
  #stopWithinMs = firstStopWithinMs;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#child = spawnEngine(plan);
    // The last report may be heard after the exit; after the disconnection nothing is.
    this.ended = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(
      ([[code, signal]]) => this.#outcome ?? this.#crash(signal === null ? `exit code ${code}` : String(signal)),
      (error: unknown) => ({
        code: k6ExitCodes.unknownError,
        error: `the load engine could not be started: ${messageOf(error)}`,
      }),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the first iteration is due; throws what stands in the way, and leaves no process behind. */
  async begin(order: Order): Promise<void> {
    const { signal } = this.#plan;
    const cancel = (): void => void this.stop();
    signal.addEventListener('abort', cancel, { once: true });
    void this.ended.then(() => signal.removeEventListener('abort', cancel));
    const first = new Promise<Report>((resolve) =>
      this.#child.on('message', (report: Report) => this.#hear(report, resolve)),
    );
    this.#child.send(order);
    const report = await Promise.race([first, this.ended]);
    if (signal.aborted) await this.ended;
    signal.throwIfAborted();
    if ('type' in report && report.type === 'refused') throw new ScriptRefused(report.problems, report.code);
    if (!('type' in report)) throw this.#failed(report.error ?? 'the load engine ended before it began');
  }

  stop(how: 'graceful' | 'hard' = 'graceful'): Promise<LoadSummary> {
    if (how === 'hard') this.#child.kill('SIGKILL');
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<LoadSummary> {
    if (this.#child.connected) this.#child.send({ type: 'stop' } satisfies Order);
    this.#killAfter(this.#stopWithinMs + patienceMs);
    await this.ended;
    return this.#summary;
  }

  #killAfter(ms: number): void {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ms);
    void this.ended.then(() => clearTimeout(timer));
  }

  #hear(report: Report, begun: (report: Report) => void): void {
    if (report.type === 'progress') this.#plan.onProgress(report.progress);
    if (report.type === 'started') this.#stopWithinMs = report.stopWithinMs;
    if ('summary' in report) this.#summary = report.summary;
    if (report.type === 'ended')
      this.#outcome = { code: report.code, ...(report.error !== undefined && { error: report.error }) };
    if (report.type === 'ended' || report.type === 'refused') this.#killAfter(endWithinMs);
    if (report.type !== 'progress') begun(report);
  }

  #crash(how: string): LoadEnd {
    if (this.#stopping) return { code: k6ExitCodes.externalAbort };
    return { code: k6ExitCodes.unknownError, error: `the load engine ended unexpectedly: ${how}` };
  }

  #failed(message: string): ShowrunnerError {
    const { logFile, terminal } = this.#plan;
    const log = terminal ? '' : readFileSync(logFile, 'utf8');
    return new ShowrunnerError('load-engine-failed', message, {
      hint: terminal ? 'what the engine said is above' : `see ${logFile}`,
      exitCode: exitCodes.environment,
      logTail: log.trimEnd().split('\n').slice(-logTailLines),
    });
  }
}

/** Its output goes to this terminal, or to the log. */
function spawnEngine({ terminal, logFile }: LoadPlan): ChildProcess {
  const { execPath, execArgv } = childOptions();
  const options = { execPath, execArgv: [...execArgv] };
  if (terminal) return fork(entry(), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...options });
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    return fork(entry(), [], { stdio: ['ignore', log, log, 'ipc'], ...options });
  } finally {
    closeSync(log);
  }
}

/** The process's program: beside this file in the source, in a place of its own where the orchestrator is bundled. */
function entry(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return join(
    packageRoot(),
    isSource ? 'orchestrator/load/embedded/child.ts' : 'dist/orchestrator/load/embedded/child.mjs',
  );
}
