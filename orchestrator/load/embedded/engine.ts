import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, ProblemsError, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { packageRoot } from '../../package-root.ts';
import type { LoadEngine, LoadPlan, LoadRun, LoadSummary } from '../engine.ts';
import type { Order, Report } from './protocol.ts';
import { compileScript } from './script.ts';

/** The process lets iterations run for 5 s after it was told to stop; one that has not answered by then never will. */
const killAfterMs = 6500;
/** From its last report until the process has ended by itself. */
const endWithinMs = 2000;
const logTailLines = 20;
// 68 MB instead of 102 MB at 20 iterations/s, and less CPU time for compiling: docs/decisions/load-engine.md.
const nodeOptions = ['--max-semi-space-size=1', '--optimize-for-size', '--liftoff-only'];

/** Plays ordinary, synchronous k6 scripts in a Node process, with nothing else installed. */
export const embeddedEngine: LoadEngine = {
  name: 'embedded',
  async start(plan) {
    const script = await compileScript(plan.script);
    plan.signal.throwIfAborted();
    const run = new EmbeddedRun(plan);
    await run.begin({ type: 'play', script, env: plan.env });
    return run;
  },
};

const nothing: LoadSummary = { iterations: 0, requests: 0, failed: 0, dropped: 0, p95Ms: 0, lateP99Ms: 0, checks: [] };

class EmbeddedRun implements LoadRun {
  readonly ended: Promise<{ readonly error?: string }>;
  readonly #plan: LoadPlan;
  readonly #child: ChildProcess;
  #summary = nothing;
  #outcome: { readonly error?: string } | undefined;
  #stopping: Promise<LoadSummary> | undefined;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#child = spawnEngine(plan.logFile);
    // The last report may be heard after the exit; after the disconnection nothing is.
    this.ended = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]).then(
      ([[code, signal]]) => this.#outcome ?? this.#crash(signal === null ? `exit code ${code}` : String(signal)),
      (error: unknown) => ({ error: `the load engine could not be started: ${messageOf(error)}` }),
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
    signal.throwIfAborted();
    if ('type' in report && report.type === 'refused') throw new ProblemsError([report.problem]);
    if (!('type' in report)) throw this.#failed(report.error ?? 'the load engine ended before it began');
  }

  stop(): Promise<LoadSummary> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<LoadSummary> {
    if (this.#child.connected) this.#child.send({ type: 'stop' } satisfies Order);
    this.#killAfter(killAfterMs);
    await this.ended;
    return this.#summary;
  }

  #killAfter(ms: number): void {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ms);
    void this.ended.then(() => clearTimeout(timer));
  }

  #hear(report: Report, begun: (report: Report) => void): void {
    if (report.type === 'progress') this.#plan.onProgress(report.progress);
    if ('summary' in report) this.#summary = report.summary;
    if (report.type === 'ended') this.#outcome = report.error === undefined ? {} : { error: report.error };
    if (report.type === 'ended' || report.type === 'refused') this.#killAfter(endWithinMs);
    if (report.type !== 'progress') begun(report);
  }

  #crash(how: string): { readonly error?: string } {
    return this.#stopping ? {} : { error: `the load engine ended unexpectedly: ${how}` };
  }

  #failed(message: string): ShowrunnerError {
    const logTail = readFileSync(this.#plan.logFile, 'utf8').trimEnd().split('\n').slice(-logTailLines);
    return new ShowrunnerError('load-engine-failed', message, {
      hint: `see ${this.#plan.logFile}`,
      exitCode: exitCodes.environment,
      logTail,
    });
  }
}

function spawnEngine(logFile: string): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    return fork(entry(), [], { stdio: ['ignore', log, log, 'ipc'], execArgv: nodeOptions });
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
