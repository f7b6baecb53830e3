import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { jaegerProgram } from '../../orchestrator/backends/jaeger/program.ts';
import { cpuSeconds } from './process-usage.ts';
import { startProgram } from './program.ts';
import type { TapQuestions } from './tap-process.ts';

/** A process that takes OTLP over HTTP, and what the bench asks of it. */
export interface Side {
  readonly pid: number;
  /** Sends a request of spans in Protobuf; throws unless all of it is taken. */
  send(body: Buffer): Promise<void>;
  /** Resolves once as many spans are stored as were sent in all. */
  stored(spans: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TapSide extends Side {
  /** Bytes of the database's file, which has no name any more. */
  storedBytes(): number;
  ask<Question extends keyof TapQuestions>(question: Question): Promise<TapQuestions[Question]>;
}

const tapProcess = fileURLToPath(new URL('./tap-process.ts', import.meta.url));

/** The tap as `showrunner` runs it, that is with V8 told to mind memory (see bin.mjs). */
export async function startTapSide(keep: number): Promise<TapSide> {
  const dir = mkdtempSync(join(tmpdir(), 'showrunner-bench-tap-'));
  const child = fork(tapProcess, [join(dir, 'store'), String(keep)], { execArgv: ['--optimize-for-size'] });
  const { pid } = child;
  if (pid === undefined) throw new Error('the tap did not start');
  const ask: TapSide['ask'] = async (question) => {
    child.send(question);
    const [answer] = await once(child, 'message');
    return answer as never;
  };
  const url = await ask('endpoint');
  return {
    pid,
    ask,
    send: senderTo(url),
    storedBytes: () => openFileBytes(pid, dir),
    async stored(spans) {
      while ((await ask('written')) < spans) await sleep(20);
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
      rmSync(dir, { force: true, recursive: true });
    },
  };
}

/** Jaeger with everything in memory, as many traces as it is told. */
export async function startJaegerSide(
  binary: string,
  maxTraces: number,
): Promise<Side & { has(traceId: string): Promise<boolean> }> {
  const files: typeof jaegerProgram.files = (place) =>
    Object.fromEntries(
      Object.entries(jaegerProgram.files(place)).map(([name, text]) => {
        const raised = text.replace(/max_traces: \d+/, `max_traces: ${maxTraces}`);
        if (raised === text) throw new Error('the configuration of Jaeger does not say how many traces it keeps');
        return [name, raised];
      }),
    );
  const { pid, ports, stop } = await startProgram({ ...jaegerProgram, files }, binary);
  return {
    pid,
    stop,
    send: senderTo(`http://127.0.0.1:${ports['otlp']}`),
    // It does not tell: what it does after its last answer is to store. Its batches wait for 100 ms at most.
    async stored() {
      for (let before = cpuSeconds(pid); ;) {
        await sleep(300);
        const now = cpuSeconds(pid);
        if (now - before <= 0.01) return;
        before = now;
      }
    },
    async has(traceId) {
      const response = await fetch(`http://127.0.0.1:${ports['query']}/api/v3/traces/${traceId}`);
      await response.arrayBuffer();
      return response.status === 200;
    },
  };
}

function senderTo(url: string): Side['send'] {
  const pool = new Pool(url, { connections: 4, pipelining: 1 });
  return async (body) => {
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    // Jaeger writes an empty partial success.
    if (statusCode !== 200 || bytes.length > 2) throw new Error(`${url} answered ${statusCode} ${bytes.toString()}`);
  };
}

function openFileBytes(pid: number, dir: string): number {
  const folder = `/proc/${pid}/fd`;
  const files = readdirSync(folder).filter((fd) => readlinkSync(join(folder, fd)).startsWith(dir));
  return files.reduce((sum, fd) => sum + statSync(join(folder, fd)).size, 0);
}
