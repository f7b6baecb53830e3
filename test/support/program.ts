import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Place, Program, Started } from '../../orchestrator/backends/program.ts';
import { freePort } from '../../orchestrator/runtime/process/ports.ts';

export interface RunningProgram extends Started {
  readonly dir: string;
  readonly pid: number;
  /** What it has written so far. */
  log(): string;
  stop(): Promise<void>;
}

/** The binary of a real program: the path in `SHOWRUNNER_<NAME>`. Without it a suite skips; CI sets all of them, so there it throws. */
export function binaryOf(name: string): string | undefined {
  const variable = `SHOWRUNNER_${name.toUpperCase()}`;
  const path = process.env[variable];
  if (!path && process.env['CI']) throw new Error(`${variable} is not set: CI runs every real program`);
  return path || undefined;
}

/** Starts a program on free ports and in a folder of its own, and waits until it is ready; throws with its log when it does not get so far. */
export async function startProgram(
  program: Program,
  binary: string,
  others: Readonly<Record<string, Started>> = {},
): Promise<RunningProgram> {
  const dir = mkdtempSync(join(tmpdir(), `showrunner-${program.name}-`));
  const ports: Record<string, number> = {};
  for (const port of program.ports) ports[port] = await freePort();
  const place: Place = { dir, ports, others };
  for (const [name, text] of Object.entries(program.files(place))) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const logFile = join(dir, `${program.name}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(binary, program.args(place), {
    cwd: dir,
    env: { ...process.env, ...program.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(dir, { recursive: true, force: true });
  };
  const said = (): string => readFileSync(logFile, 'utf8');
  const trouble = await untilReady(program, place, child);
  if (trouble !== undefined) {
    const lines = said().trim().split('\n').slice(-15).join('\n');
    await stop();
    throw new Error(`${program.name} ${trouble}; its log ends with:\n${lines}`);
  }
  return { dir, pid: child.pid ?? 0, ports, log: said, stop };
}

/** What went wrong, if something did. */
async function untilReady(program: Program, place: Place, child: ChildProcess): Promise<string | undefined> {
  const deadline = Date.now() + program.readyWithinMs;
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  while (Date.now() < deadline) {
    if (failure) return `cannot be started: ${failure.message}`;
    if (child.exitCode !== null || child.signalCode !== null) return `ended: ${child.exitCode ?? child.signalCode}`;
    const status = await fetch(program.readyUrl(place), { signal: AbortSignal.timeout(2000) }).then(
      async (response) => {
        await response.text();
        return response.status;
      },
      () => undefined,
    );
    if (status !== undefined && status < 400) return undefined;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  return `was not ready within ${program.readyWithinMs} ms`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 2000);
  await ended;
  clearTimeout(force);
}
