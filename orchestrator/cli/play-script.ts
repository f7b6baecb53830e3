import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, ProblemsError, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { chooseEngine } from '../load/choose.ts';
import { k6ExitCodes, type LoadEngine, type LoadPlan, type LoadRun, ScriptRefused } from '../load/engine.ts';
import { formatError } from './format-error.ts';
import { ignoredOptions, ignoredProxies } from './k6-environment.ts';
import { progressLines } from './load-progress.ts';

export interface ScriptPlay {
  /** Absolute path. */
  readonly script: string;
  readonly engine: string;
  readonly k6: string | undefined;
  /** What was given with `-e`. */
  readonly env: Readonly<Record<string, string>>;
  readonly summaryExport?: string | undefined;
  readonly machineReadable?: string | undefined;
  readonly quiet: boolean;
}

/** One Ctrl-C may come twice: from the terminal, and from the Node that started this one. */
const sameSignalMs = 300;

/** Plays a k6 script as `k6 run` would, and returns k6's exit code. Throws a ShowrunnerError where the engine cannot be started. */
export async function playScript(host: Host, play: ScriptPlay): Promise<number> {
  const missing = whyUnreadable(play.script);
  if (missing) return refuse(host, missing, k6ExitCodes.unknownError);
  const { engine, why } = await chooseEngine(play.engine, { k6: play.k6, env: host.env });
  if (why !== undefined && !play.quiet) host.stderr.write(`showrunner: ${why}\n`);
  const ignored = ignoredOptions(host.env, engine.name);
  if (ignored.length > 0) return refuse(host, ignoring(ignored, engine.name), k6ExitCodes.invalidConfig);
  const proxies = ignoredProxies(host.env, engine.name);
  if (proxies.length > 0)
    host.stderr.write(
      `showrunner: the embedded engine does not use ${proxies.join(', ')}; for requests through a proxy play the script with --engine k6-binary\n`,
    );
  const logDir = mkdtempSync(join(tmpdir(), 'showrunner-load-'));
  const plan = planOf(host, { ...play, engine: engine.name }, logDir);
  let keepLog = false;
  try {
    return await untilEnd(host, engine, plan);
  } catch (error) {
    if (error instanceof ProblemsError) return refuse(host, error, codeOf(error));
    // The error names the log.
    keepLog = (statSync(plan.logFile, { throwIfNoEntry: false })?.size ?? 0) > 0;
    throw error;
  } finally {
    if (!keepLog) rmSync(logDir, { recursive: true, force: true });
  }
}

/** What cannot be loaded is k6's script exception, unless the engine knows better. */
const codeOf = (error: ProblemsError): number =>
  error instanceof ScriptRefused ? error.k6Code : k6ExitCodes.scriptException;

function refuse(host: Host, error: ShowrunnerError, code: number): number {
  host.stderr.write(formatError(error));
  return code;
}

function whyUnreadable(script: string): ShowrunnerError | undefined {
  const found = statSync(script, { throwIfNoEntry: false });
  if (!found) return unreadable(`there is no script ${script}`);
  if (!found.isFile()) return unreadable(`${script} is ${found.isDirectory() ? 'a folder' : 'no file'}, not a script`);
  try {
    accessSync(script, constants.R_OK);
    return undefined;
  } catch (error) {
    return unreadable(`${script} cannot be read: ${messageOf(error)}`);
  }
}

const unreadable = (message: string): ShowrunnerError =>
  new ShowrunnerError('load-script', message, {
    hint: 'give the path of a k6 script: showrunner load path/to/script.js',
    exitCode: exitCodes.usage,
  });

const ignoring = (names: readonly string[], engine: string): ShowrunnerError =>
  new ShowrunnerError('load-options', `the engine ${engine} would ignore ${names.join(', ')} of the environment`, {
    hint:
      engine === 'k6-binary'
        ? 'unset them, and ask for the summary with --summary-export; for other outputs run k6 itself'
        : 'write them into `options` of the script, unset them, or play this script with --engine k6-binary',
    exitCode: exitCodes.usage,
  });

/** k6 gives scripts the environment beside what `-e` says. Real k6 does it by itself; in a container it has its own. */
function planOf(
  host: Host,
  { script, env, engine, quiet, summaryExport, machineReadable }: ScriptPlay,
  logDir: string,
): Omit<LoadPlan, 'signal'> {
  const inherited = Object.entries(host.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    script,
    env: engine === 'embedded' ? { ...Object.fromEntries(inherited), ...env } : env,
    logFile: join(logDir, 'load.log'),
    terminal: { quiet },
    ...(summaryExport !== undefined && { summaryExport }),
    ...(machineReadable !== undefined && { machineReadable }),
    // Real k6 shows its own.
    onProgress: quiet || engine !== 'embedded' ? () => undefined : progressLines(host.stderr),
  };
}

/** The first Ctrl-C lets the engine end the test, with its summary; the second ends the engine. */
async function untilEnd(host: Host, engine: LoadEngine, plan: Omit<LoadPlan, 'signal'>): Promise<number> {
  const stop = new AbortController();
  let run: LoadRun | undefined;
  let stoppedAt: number | undefined;
  const stopListening = host.onStopSignal((signal) => {
    if (stoppedAt === undefined) {
      stoppedAt = host.clock.now();
      stop.abort(new Error(`stopped by ${signal}`));
      void run?.stop('graceful');
    } else if (host.clock.now() - stoppedAt > sameSignalMs) void run?.stop('hard');
  });
  try {
    run = await engine.start({ ...plan, signal: stop.signal });
    if (stop.signal.aborted) void run.stop('graceful');
    const { code, error } = await run.ended;
    if (stop.signal.aborted) return k6ExitCodes.externalAbort;
    if (error !== undefined) host.stderr.write(`showrunner: ${error}\n`);
    return code;
  } catch (error) {
    if (stop.signal.aborted) return k6ExitCodes.externalAbort;
    throw error;
  } finally {
    stopListening();
  }
}
