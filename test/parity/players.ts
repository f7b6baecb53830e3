import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Got, startTarget } from './target.ts';

/** What plays a script from the command line. */
export interface Player {
  readonly name: 'k6' | 'embedded';
  command(options: readonly string[], script: string): readonly [program: string, ...args: string[]];
}

/** What came of playing a script. */
export interface Played {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** k6's `--summary-export`; undefined where none was written. */
  readonly summary: Summary | undefined;
  /** What the script wrote beside it: text by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly got: readonly Got[];
  readonly connections: number;
  readonly target: string;
}

export interface Summary {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly root_group: SummaryGroup;
  readonly setup_data?: unknown;
}

export type SummaryMetric = Readonly<Record<string, number>> & {
  readonly thresholds?: Readonly<Record<string, boolean>>;
};

export interface SummaryGroup {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: Readonly<Record<string, SummaryGroup>>;
  readonly checks: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

// The stock binary: SHOWRUNNER_K6, else `k6` on PATH; `.ci/build-tools` builds one.
const k6 = process.env['SHOWRUNNER_K6'] ?? 'k6';

/** Undefined where stock k6 runs, else why not. */
export const withoutK6 =
  spawnSync(k6, ['version']).status === 0 ? undefined : `${k6} does not run; set SHOWRUNNER_K6 to a k6 2.2 binary`;

export const stock: Player = {
  name: 'k6',
  command: (options, script) => [k6, 'run', '--no-usage-report', ...options, script],
};

// The program as it is built: it starts in half the time of its sources, and there are many scripts.
const bin = join(import.meta.dirname, '..', '..', 'orchestrator', 'bin.mjs');

export const embedded: Player = {
  name: 'embedded',
  command: (options, script) => [process.execPath, bin, 'load', '--engine', 'embedded', ...options, script],
};

const limitMs = 40_000;

/** Plays a script against a target of its own, in a working directory of its own. */
export async function play(player: Player, script: string, env: readonly string[] = []): Promise<Played> {
  const target = await startTarget();
  const folder = mkdtempSync(join(tmpdir(), 'parity-'));
  const summaryFile = join(folder, 'summary-export.json');
  const given = [`TARGET=${target.url}`, ...env].flatMap((one) => ['-e', one]);
  const command = player.command(['-q', '--summary-export', summaryFile, ...given], script);
  try {
    const { exit, stdout, stderr } = await run(command, folder);
    const written = readdirSync(folder).filter((name) => name !== 'summary-export.json');
    return {
      exit,
      stdout,
      stderr,
      summary: existsSync(summaryFile) ? (JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary) : undefined,
      files: Object.fromEntries(written.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
      got: target.got,
      connections: target.connections,
      target: target.url,
    };
  } finally {
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
): Promise<{ exit: number; stdout: string; stderr: string }> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', K6_AUTO_EXTENSION_RESOLUTION: 'false', GREETING: 'from the environment' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      // Not only at its end: a process that it has left behind may hold its streams open.
      reject(new Error(`not over after ${limitMs} ms\n${stderr}`));
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code === null) reject(new Error(`ended by ${signal}\n${stderr}`));
      else resolve({ exit: code, stdout, stderr });
    });
  });
}
