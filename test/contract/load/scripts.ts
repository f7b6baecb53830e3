import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemsError } from '../../../orchestrator/errors.ts';
import type { LoadEngine, LoadProgress, LoadRun, LoadSummary } from '../../../orchestrator/load/engine.ts';

/** A folder for the scripts and logs of one test file. */
export function scriptFolder(): { readonly dir: string; write(name: string, text: string): string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'load-'));
  return {
    dir,
    write(name, text) {
      const file = join(dir, name);
      writeFileSync(file, text);
      return file;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A script with one scenario at a constant rate; `body` is the default function's. */
export function atRate(
  rate: number,
  body: string,
  more: { seconds?: number; vus?: number; maxVUs?: number; gracefulStop?: string } = {},
): string {
  const { seconds = 2, vus = 5, maxVUs = 20, gracefulStop = '5s' } = more;
  return `import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
export const options = {
  scenarios: {
    steady: { executor: 'constant-arrival-rate', rate: ${rate}, duration: '${seconds}s', preAllocatedVUs: ${vus}, maxVUs: ${maxVUs}, gracefulStop: '${gracefulStop}' },
  },
};
export default function () {
  ${body}
}
`;
}

export interface Started {
  readonly run: LoadRun;
  readonly seconds: LoadProgress[];
}

export async function start(
  engine: LoadEngine,
  script: string,
  env: Readonly<Record<string, string>> = {},
  signal = new AbortController().signal,
): Promise<Started> {
  const seconds: LoadProgress[] = [];
  const plan = {
    script,
    env,
    logFile: `${script}.log`,
    signal,
    onProgress: (progress: LoadProgress) => seconds.push(progress),
  };
  return { run: await engine.start(plan), seconds };
}

/** Plays a script to its own end. */
export async function play(
  engine: LoadEngine,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadSummary & { readonly seconds: readonly LoadProgress[] }> {
  const { run, seconds } = await start(engine, script, env);
  const { error } = await run.ended;
  if (error !== undefined) throw new Error(error);
  return { ...(await run.stop()), seconds };
}

/** What an engine says about a script that it does not play, as `line:col message → hint`. */
export async function refusalOf(engine: LoadEngine, script: string): Promise<readonly string[]> {
  try {
    const { run } = await start(engine, script);
    await run.stop();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(
      ({ at, message, hint }) =>
        `${at.file === script ? '' : at.file}${at.line}:${at.col} ${message}${hint ? ` → ${hint}` : ''}`,
    );
  }
  throw new Error('the engine played it');
}
