import { globalAgent } from 'node:http';
import { messageOf, ProblemsError, ShowrunnerError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Engine } from '../runtime/containers/engine.ts';
import { type Check, type Finding, problem, type Question } from './check.ts';
import { told } from './told.ts';

/** A check's name and what it has found. */
export type Result = Finding & { readonly name: string };

export interface Examination extends Question {
  readonly checks: Readonly<Record<string, Check>>;
  readonly connect: () => Promise<Engine>;
  readonly signal: AbortSignal;
}

const checkLimitMs = 10_000;
/** Shorter, so that an engine that never answers is the finding of one check and no other. */
export const connectLimitMs = 5_000;

const reportIt = 'run `showrunner doctor` again; if it stays, report it with the output of `showrunner doctor --json`';

/** Runs all checks at once, each within its time, and returns what they found in their order. Rejects when `signal` aborts. */
export async function examine(examination: Examination): Promise<readonly Result[]> {
  const { checks, connect: _, signal, ...question } = examination;
  let connection: Promise<Engine> | undefined;
  const engine = () => (connection ??= connected(examination));
  const results = Object.entries(checks).map(async ([name, check]): Promise<Result> => {
    const look = (limit: AbortSignal) => check.look({ ...question, engine, signal: limit });
    const finding = await within(examination, checkLimitMs, look).catch(failed);
    return { name, ...finding };
  });
  const found = await Promise.all(results);
  signal.throwIfAborted();
  return found;
}

/** The check itself has failed: that too is for the user to know. */
function failed(error: unknown): Finding {
  if (error instanceof ProblemsError) return problem(told(error), 'correct it there, then run `showrunner backends`');
  if (error instanceof ShowrunnerError) return problem(error.message, error.hint ?? reportIt);
  return problem(`the check itself failed: ${messageOf(error)}`, reportIt);
}

async function connected(examination: Examination): Promise<Engine> {
  try {
    return await within(examination, connectLimitMs, examination.connect);
  } catch (error) {
    if (error instanceof ShowrunnerError) throw error;
    // Requests that are under way would keep this process alive for as long as the engine keeps silent.
    globalAgent.destroy();
    if (!(error instanceof TooLong)) throw error;
    throw new ShowrunnerError('engine-silent', `the container engine takes connections and ${error.message}`, {
      hint: 'start it again (`sudo systemctl restart docker`), or play with `--runtime process`',
      exitCode: exitCodes.environment,
      cause: error,
    });
  }
}

class TooLong extends Error {}

/** Rejects when the work takes longer than `ms`, or when the examination is stopped; the work's signal aborts with it. */
async function within<T>(
  { clock, signal }: Pick<Examination, 'clock' | 'signal'>,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const done = new AbortController();
  const tooLong = async (): Promise<never> => {
    try {
      await clock.sleep(ms, AbortSignal.any([signal, done.signal]));
      throw new TooLong(`gave no answer within ${ms / 1000} s`);
    } catch (error) {
      if (!done.signal.aborted) limit.abort(error);
      throw error;
    }
  };
  try {
    return await Promise.race([work(limit.signal), tooLong()]);
  } finally {
    done.abort();
  }
}
