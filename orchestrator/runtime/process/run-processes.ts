import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardScript } from './guard.ts';
import type { Instance } from '../running/instance.ts';
import { tailOf } from '../running/logs.ts';
import { stateOf } from './process-state.ts';
import type { RunState, StopSignal } from './run-state.ts';

export interface ProcessSpec {
  /** Also the name of its log: `logs/<name>.log`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stop: StopSignal;
  readonly cwd?: string;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface RunningProcess extends Instance {
  readonly pid: number;
  /** Asks it to end, with its own stop signal unless told otherwise. */
  stop(patienceMs: number, signal?: NodeJS.Signals): Promise<void>;
}

/** The child processes of one run, each known to the run's guard from its first moment. */
export class RunProcesses {
  readonly #state: RunState;
  readonly #logDir: string;
  readonly #running = new Set<RunningProcess>();
  readonly #adopted = new Map<number, string>();
  readonly #guard: ReturnType<typeof startGuard>;
  #closed = false;

  constructor(state: RunState, runDir: string) {
    this.#state = state;
    this.#logDir = join(runDir, 'logs');
    mkdirSync(this.#logDir, { recursive: true });
    this.#guard = startGuard(state.dir);
  }

  /** Those that are running, oldest first. */
  get running(): readonly RunningProcess[] {
    return [...this.#running];
  }

  /** What runs, by pid, for the footprint. */
  get names(): ReadonlyMap<number, string> {
    const own = this.running.map(({ pid, name }): [number, string] => [pid, name]);
    return new Map([...own, ...this.#adopted, [this.#guard.pid, 'guard']]);
  }

  /** Starts a child in a session of its own, so that a Ctrl-C in the terminal reaches the orchestrator alone. */
  start(spec: ProcessSpec): RunningProcess {
    if (this.#closed) throw new Error(`${spec.name} is not started: the run is stopping`);
    const logFile = join(this.#logDir, `${spec.name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(spec.command, spec.args, {
      env: spec.env,
      cwd: spec.cwd ?? process.cwd(),
      ...spec.owner,
      detached: true,
      // The pipe on stdin tells the child when we are gone; its log it writes by itself.
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    // A child that dies while the pipe is open must not end us.
    child.stdin?.on('error', () => undefined);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    if (child.pid !== undefined) this.#state.register(child.pid, spec.stop, spec.name);
    let stopping = false;
    const running: RunningProcess = {
      name: spec.name,
      pid: child.pid ?? 0,
      ended,
      get running() {
        return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
      },
      get stopping() {
        return stopping;
      },
      logFile,
      logTail: () => tailOf(logFile),
      look: async () => stateOf(running.running ? running.pid : 0, spec.name),
      pause: async () => {
        child.kill('SIGSTOP');
        await untilStopped(running);
      },
      resume: async () => void child.kill('SIGCONT'),
      kill: async () => {
        stopping = true;
        child.kill('SIGKILL');
        await ended;
      },
      stop: async (patienceMs, signal = `SIG${spec.stop}`) => {
        stopping = true;
        if (!running.running) return;
        child.kill(signal);
        // A paused process would get the signal only when it goes on.
        child.kill('SIGCONT');
        const patience = new AbortController();
        const tooLong = sleep(patienceMs, 'late', { signal: patience.signal }).catch(() => 'ended');
        if ((await Promise.race([ended, tooLong])) === 'late') {
          child.kill('SIGKILL');
          // Not even that ends a process that waits for a broken disk; then it is left over, and said to be.
          await Promise.race([ended, sleep(1000)]);
        }
        patience.abort();
      },
    };
    this.#running.add(running);
    void ended.then(() => this.#running.delete(running));
    return running;
  }

  /** Makes a process that was started elsewhere known to the guard and in the footprint. */
  adopt(pid: number, name: string): void {
    this.#state.register(pid, 'TERM', name);
    this.#adopted.set(pid, name);
  }

  /** No process is started from now on. */
  close(): void {
    this.#closed = true;
  }

  /** Leaves the guard to its work, however long that takes. */
  letGo(): void {
    this.#guard.letGo();
  }

  /** Lets the guard look for what is left and remove the run's folders; returns when it is done. */
  async release(): Promise<void> {
    this.#guard.release();
    await this.#guard.gone;
  }
}

/** A process in the middle of something stops a moment after it was told to. */
async function untilStopped({ pid, name, resume }: RunningProcess): Promise<void> {
  const deadline = performance.now() + 1000;
  while (stateOf(pid, name).state === 'running') {
    if (performance.now() > deadline) {
      // Else it would stop later, when nobody would let it go on.
      await resume();
      throw new Error(`${name} does not stop`);
    }
    await sleep(5);
  }
}

function startGuard(stateDir: string) {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'guard', stateDir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.stdin.on('error', () => undefined);
  return {
    pid: guard.pid ?? 0,
    gone: once(guard, 'exit'),
    release: () => void guard.stdin.end(),
    letGo: () => void guard.stdin.end(() => guard.unref()),
  };
}
