import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';

export interface K6Program {
  readonly path: string;
  /** `2.2.0` */
  readonly version: string;
}

export interface WhereIsK6 {
  /** As the user named it, `--k6`; else SHOWRUNNER_K6, else `k6` on the PATH. */
  readonly k6?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The first whose scenarios, exit codes and summaries are those that the embedded engine has. */
const oldest = '2.0.0';
/** A program that says nothing within this is no k6. */
const answerMs = 10_000;
const otherEngine = 'or play with `--engine embedded`';

/** The k6 of this machine. Throws a ShowrunnerError (`load-engine-missing`, `-unusable`, `-too-old`) that says what was looked at. */
export async function findK6({ k6, env }: WhereIsK6): Promise<K6Program> {
  const named = k6 ?? env['SHOWRUNNER_K6'];
  const path = named ? resolve(named) : onPath('k6', env['PATH'] ?? '');
  if (path === undefined) {
    throw failure('missing', 'there is no k6 on the PATH', {
      hint: `install k6 ${oldest} or newer (https://grafana.com/docs/k6/latest/set-up/install-k6/), name it with --k6, ${otherEngine}`,
    });
  }
  const version = versionIn(await answerOf(path));
  if (version === undefined) {
    throw failure('unusable', `${path} is not k6: it does not say which version it is`, {
      hint: `name a k6 ${oldest} or newer with --k6, ${otherEngine}`,
    });
  }
  if (isOlder(version, oldest)) {
    throw failure('too-old', `${path} is k6 ${version}; ${oldest} or newer is needed`, {
      hint: `update it, name another one with --k6, ${otherEngine}`,
    });
  }
  return { path, version };
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not ours to run.
    return false;
  }
}

async function answerOf(path: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['version'], { timeout: answerMs, killSignal: 'SIGKILL' });
    return stdout;
  } catch (cause) {
    throw failure('unusable', `${path} does not run as k6: ${messageOf(cause).split('\n')[0]}`, {
      hint: `name a k6 ${oldest} or newer with --k6, ${otherEngine}`,
      cause,
    });
  }
}

/** `k6 v2.2.0 (go1.26.8, linux/amd64)`, `k6.exe v1.0.0-rc1 …`. */
function versionIn(answer: string): string | undefined {
  return /^k6(?:\.exe)? v(\d+\.\d+\.\d+)/.exec(answer)?.[1];
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

/** An error of the environment that keeps k6 from playing. */
export function failure(
  code: string,
  message: string,
  more: { readonly hint: string; readonly cause?: unknown; readonly logTail?: readonly string[] },
): ShowrunnerError {
  return new ShowrunnerError(`load-engine-${code}`, message, { ...more, exitCode: exitCodes.environment });
}
