import { existsSync, readFileSync, statSync } from 'node:fs';
import { messageOf, type ShowrunnerError } from '../../errors.ts';
import { tailOf } from '../../runtime/running/logs.ts';
import { k6ExitCodes, type LoadEnd, type LoadPlan, type LoadRun, type LoadSummary } from '../engine.ts';
import type { Measurements } from './measurements.ts';
import { failure } from './program.ts';
import { errorsIn, refusalIn } from './refusal.ts';
import type { SamplePipe } from './sample-pipe.ts';

/** A k6 that runs somewhere. */
export interface K6Process {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly ended: Promise<K6Exit>;
  signal(signal: 'SIGINT' | 'SIGKILL'): void;
}

export interface K6Exit {
  /** Undefined where it did not exit by itself, or was never started. */
  readonly code: number | undefined;
  /** `exit code 99`, `signal SIGKILL` */
  readonly how: string;
}

interface K6RunParts {
  readonly process: K6Process;
  readonly pipe: SamplePipe;
  readonly measurements: Measurements;
  /** Where k6 writes its summary, by our path. */
  readonly summary: string;
  /** Where the log ended before k6 was started. */
  readonly logFrom: number;
  /** When k6 has ended: hands over what it wrote, and leaves nothing behind. */
  readonly finish: () => Promise<void>;
}

/** It interrupts its iterations at once, but `teardown` and the summary may take their time: in a show no longer than this. */
const killAfterMs = 6500;
/** The script's end, one way or another; everything else is an accident. */
const ends: readonly number[] = Object.values(k6ExitCodes).filter(
  (code) => code !== k6ExitCodes.externalAbort && code !== k6ExitCodes.unknownError,
);

/** A script that stock k6 plays, in a process of this machine or in a container. */
export class K6Run implements LoadRun {
  readonly ended: Promise<LoadEnd>;
  readonly #plan: LoadPlan;
  readonly #parts: K6RunParts;
  readonly #startedAt = Date.now();
  #exit: K6Exit | undefined;
  #thresholds: LoadSummary['thresholds'] = [];
  #stopped: Promise<LoadSummary> | undefined;

  constructor(plan: LoadPlan, parts: K6RunParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.ended = this.#watch();
  }

  get pid(): number | undefined {
    return this.#parts.process.pid;
  }

  /** Resolves when the first iteration is under way; throws what stands in the way, and leaves nothing behind. */
  async begin(): Promise<void> {
    const { signal } = this.#plan;
    const cancel = (): void => void this.stop();
    signal.addEventListener('abort', cancel, { once: true });
    void this.ended.then(() => signal.removeEventListener('abort', cancel));
    if (signal.aborted) cancel();
    const { measurements } = this.#parts;
    await Promise.race([measurements.playing, this.ended]);
    if (signal.aborted) await this.ended;
    signal.throwIfAborted();
    if (this.#exit !== undefined && !measurements.isPlaying && !this.#plan.terminal) await this.#requireEnd(this.#exit);
  }

  stop(how: 'graceful' | 'hard' = 'graceful'): Promise<LoadSummary> {
    const { process, measurements } = this.#parts;
    if (how === 'hard') process.signal('SIGKILL');
    if (this.#stopped) return this.#stopped;
    this.#stopped = this.ended.then(() => measurements.summary(this.#thresholds));
    // A second one would end it at once, without teardown and summary.
    if (how === 'graceful') process.signal('SIGINT');
    // Whoever sits at a terminal may end it at once with a second Ctrl-C.
    if (this.#plan.terminal && measurements.isPlaying) return this.#stopped;
    const timer = setTimeout(() => process.signal('SIGKILL'), killAfterMs);
    void this.ended.then(() => clearTimeout(timer));
    return this.#stopped;
  }

  async #watch(): Promise<LoadEnd> {
    const { process, pipe, measurements, summary, finish } = this.#parts;
    const exit = await process.ended;
    let lost: string | undefined;
    // One after the other, whatever comes of each: nothing of ours may stay behind.
    const steps = [
      () => pipe.drain(),
      async () => measurements.end(),
      async () => void (this.#thresholds = thresholdsIn(summary, this.#startedAt)),
      finish,
    ];
    for (const step of steps) await step().catch((error: unknown) => (lost ??= messageOf(error)));
    this.#exit = exit;
    const end = this.#endOf(exit);
    const error = end.error ?? (lost === undefined ? undefined : `what k6 wrote could not be saved: ${lost}`);
    return { ...end, ...(error !== undefined && { error }) };
  }

  #endOf({ code, how }: K6Exit): LoadEnd {
    if (this.#stopped) return { code: code ?? k6ExitCodes.externalAbort };
    if (code !== undefined && (ends.includes(code) || this.#plan.terminal)) return { code };
    return { code: code ?? k6ExitCodes.unknownError, error: `k6 ended unexpectedly: ${how}` };
  }

  /** Throws where k6 has ended before the first iteration for another reason than that the script wants none. */
  async #requireEnd({ code, how }: K6Exit): Promise<void> {
    const { script, logFile } = this.#plan;
    const said = code === undefined ? [] : errorsIn(logFile, this.#parts.logFrom);
    const refused = code === undefined ? undefined : refusalIn(said, code, script);
    if (refused) throw refused;
    if (code === undefined || !ends.includes(code)) throw await this.#failed(how, said);
  }

  async #failed(how: string, said: readonly string[]): Promise<ShowrunnerError> {
    const { logFile } = this.#plan;
    return failure('failed', `k6 ended before it began: ${said.at(-1) ?? how}`, {
      hint: `see ${logFile}`,
      logTail: await tailOf(logFile),
    });
  }
}

/** In k6's `--summary-export` a threshold is true when it is crossed. The machine-readable form has none. */
function thresholdsIn(summary: string, since: number): LoadSummary['thresholds'] {
  // One of an earlier load may be there, where this one was ended before it could write its own.
  if (!existsSync(summary) || statSync(summary).mtimeMs < since) return [];
  const { metrics = {} } = parsed(readFileSync(summary, 'utf8'));
  // Go has no order of names.
  const named = Object.entries(metrics).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return named.flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([expression, crossed]) => ({ metric, expression, crossed })),
  );
}

interface SummaryExport {
  readonly metrics?: Readonly<Record<string, { readonly thresholds?: Readonly<Record<string, boolean>> }>>;
}

function parsed(summary: string): SummaryExport {
  try {
    return JSON.parse(summary) as SummaryExport;
  } catch {
    // It was ended while it wrote.
    return {};
  }
}
