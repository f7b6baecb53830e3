import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const dist = path.resolve(import.meta.dirname, '../../dist/services');

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far, line by line. */
  readonly log: readonly string[];
  /** Sends SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts one built service and waits until it is healthy. `env` comes on top of what every service is given. */
export async function startServiceProcess(
  name: string,
  port: number,
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const telemetry = name === 'bank' ? [] : ['--require', `${dist}/telemetry.cjs`];
  const child = spawn(process.execPath, [...telemetry, `${dist}/${name}.cjs`], {
    env: { PORT: String(port), OTEL_SERVICE_NAME: name, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const keep = (chunk: string): void => void log.push(...chunk.split('\n').filter((line) => line !== ''));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 20_000;
  while (!log.some((line) => line.includes(`${name} is up`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start:\n${log.join('\n')}`);
    }
    await sleep(20);
  }
  return {
    url,
    pid: child.pid ?? 0,
    log,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
}
