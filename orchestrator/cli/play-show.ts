import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEmitter, type Emitter } from '../conductor/emitter.ts';
import { createJournal } from '../conductor/journal.ts';
import { perform } from '../conductor/perform.ts';
import type { CueSource } from '../conductor/stage.ts';
import { messageOf, ProblemsError, ShowrunnerError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { judgeExpectation, judgeRecovery } from '../expectations/judge.ts';
import type { Host } from '../host.ts';
import { reports } from '../reports/index.ts';
import type { Shop } from '../runtime/shop.ts';
import { lookUp } from '../show/catalogue.ts';
import { suggest } from '../show/suggest.ts';
import type { Advance } from '../show/show.ts';
import { type Adapters, chooseAdapters, cores, starters } from './adapters.ts';
import type { ConfiguredBackend } from '../config/config.ts';
import { checkConfigured, unanswerable } from './asked.ts';
import { openShow } from './open-show.ts';
import type { PlayOptions } from './options.ts';
import { override } from './override.ts';
import { createRun } from './runs.ts';

export const defaultShow = 'three-minutes';

export interface Play {
  /** A name or a path. */
  readonly show: string;
  readonly options: PlayOptions;
  readonly signal: AbortSignal;
  /** When it was asked for; the start of the command unless given. */
  readonly askedAt?: number;
  /** Replaces what the show says of every act. */
  readonly advance?: Advance;
  readonly onRun?: (runDir: string) => void;
  /** Other parts than the chosen ones, for tests that break one of them. */
  readonly adapters?: Adapters;
}

/** Plays a show on a fresh shop, writes its reports, and leaves nothing running. Throws a ShowrunnerError for what kept it from being played. */
export async function playShow(host: Host, play: Play): Promise<ExitCode> {
  const { options, signal } = play;
  const adapters = play.adapters ?? (await chooseAdapters(host, options));
  const { runtime, backends } = adapters;
  const open = await openShow(host, play.show, { load: options.load, runtime, backends: Object.keys(backends) }).catch(
    (error) => {
      // Whoever reads that the runtime cannot do it wants to know how it came to this runtime.
      if (error instanceof ProblemsError && adapters.why) host.stderr.write(`showrunner: ${adapters.why}\n`);
      throw error;
    },
  );
  const asked = chosenBackends(options.backend ?? open.show.backends, backends);
  const show = override(host, open.show, options, play.advance);
  for (const line of unanswerable(show, asked, adapters.kinds)) host.stderr.write(`showrunner: ${line}\n`);
  const { id, runDir } = createRun(options.runsDir, show.name, host.clock.now());
  play.onRun?.(runDir);
  const emitter = listen(host, options, runDir);
  const binaries = options.backendBinary;
  const start = starters(adapters, { id, runDir, show, open, host, backends: asked, binaries });
  let exitCode: ExitCode;
  let unwritten: readonly string[];
  try {
    ({ exitCode } = await perform({
      id,
      show,
      language: options.lang,
      runtime: adapters.runtime.name,
      engine: adapters.engine.name,
      commandStartedAt: play.askedAt ?? host.startedAt,
      cores: cores(),
      servers: serversOf(open.shop),
      clock: host.clock,
      signal,
      emit: (body) => emitter.emit(body),
      faults: adapters.faults,
      kinds: adapters.kinds,
      judge: { expectation: judgeExpectation, recovery: judgeRecovery },
      talk: options.quiet ? undefined : open.talks[options.lang],
      cues: enterKey(host),
      start,
      ...(options.keep && { hold: () => untilAborted(signal) }),
    }));
  } finally {
    unwritten = await emitter.close();
    if (options.json && !unwritten.includes('summary')) {
      host.stdout.write(await readFile(join(runDir, 'summary.json'), 'utf8'));
    }
  }
  // A report that could not be written (a full disk) is no pass for whoever reads it.
  return unwritten.length > 0 && exitCode !== exitCodes.interrupted ? exitCodes.environment : exitCode;
}

function chosenBackends(
  names: readonly string[],
  known: Readonly<Record<string, ConfiguredBackend>>,
): readonly ConfiguredBackend[] {
  const chosen = [...new Set(names)].map((name) => {
    const backend = lookUp(known, name);
    if (backend) return backend;
    throw new ShowrunnerError('unknown-backend', `there is no backend ${name}`, {
      hint: suggest(name, Object.keys(known)),
      exitCode: exitCodes.usage,
    });
  });
  checkConfigured(chosen);
  return chosen;
}

/** The third party's machines are not ours to monitor. */
function serversOf({ services }: Shop): readonly string[] {
  const own = Object.values(services).filter(({ instrumented }) => instrumented);
  return [...own.map(({ name }) => name), 'postgres'];
}

function listen(host: Host, { json, quiet }: PlayOptions, runDir: string): Emitter {
  const colors = host.stdout.isTTY && !host.env['NO_COLOR'];
  const common = { stdout: host.stdout, runDir, colors, quiet };
  return createEmitter({
    clock: host.clock,
    listeners: {
      ...(json ? {} : { console: reports.console(common) }),
      junit: reports.junit(common),
      summary: reports.summary(common),
      journal: createJournal(join(runDir, 'journal.jsonl')),
    },
    onListenerFailure: (name, error) =>
      host.stderr.write(`showrunner: the ${name} report failed: ${messageOf(error)}\n`),
  });
}

/** The presenter at a terminal: the Enter key. */
function enterKey(host: Host): CueSource {
  return {
    next: (until) =>
      new Promise((resolve) => {
        const stop = host.onLine(() => done());
        const done = (): void => {
          stop();
          until.removeEventListener('abort', done);
          resolve();
        };
        until.addEventListener('abort', done, { once: true });
      }),
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
