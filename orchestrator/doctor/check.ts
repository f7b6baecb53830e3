import type { Clock } from '../clock/clock.ts';
import type { DescribedBackend } from './backends.ts';
import type { Engine } from '../runtime/containers/engine.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What a check has found: everything but `ok` is told with what to do about it, ready to be copied. */
export type Finding =
  | { readonly level: 'ok'; readonly found: string }
  | { readonly level: 'warning' | 'problem'; readonly found: string; readonly remedy: string }
  /** There was nothing to look at, which is never as good as `ok`; `found` says why. */
  | { readonly level: 'not looked at'; readonly found: string };

export type RuntimeChoice = 'auto' | Runtime['name'];

/** What the doctor is asked. */
export interface Question {
  /** Where the shop is meant to run. */
  readonly runtime: RuntimeChoice;
  readonly clock: Clock;
  /** Where content-addressed caches live. */
  readonly cacheDir: string;
  /** Of the shop's data: images are named by their content. */
  readonly seed: string;
  /** Those that are described; rejects with a ProblemsError where showrunner.yaml is wrong. */
  backends(): Promise<readonly DescribedBackend[]>;
}

/** What a check may look at. */
export interface Context extends Question {
  /** The container engine, connected once for all checks. Rejects with the ShowrunnerError of `connectEngine`. */
  engine(): Promise<Engine>;
  /** Aborts when the check has had its time. */
  readonly signal: AbortSignal;
}

/** One thing to look at; its name is its file's. A check that throws has found a problem. */
export interface Check {
  look(context: Context): Promise<Finding>;
}

/** A check of the container engine: there is nothing to look at where none can be used, or none is asked for. */
export function checkOfEngine(look: (engine: Engine, context: Context) => Promise<Finding>): Check {
  return {
    async look(context) {
      if (context.runtime === 'process') return notAsked;
      // Whatever keeps the engine from being used is the finding of `engine` or of `api-version`.
      const engine = await context.engine().catch(() => undefined);
      return engine ? look(engine, context) : noEngine;
    },
  };
}

export const notAsked: Finding = { level: 'not looked at', found: '`--runtime process` needs no container engine' };
export const noEngine: Finding = { level: 'not looked at', found: 'there is no container engine to ask' };

/** What `auto` can do without, or mends by itself: a problem only where containers are asked for. */
export function hindersContainers({ runtime }: Question, found: string, remedy: string): Finding {
  return runtime === 'containers' ? problem(found, remedy) : warning(found, remedy);
}

/** The same, where `auto` takes processes because of it. */
export function rulesOutContainers(question: Question, found: string, remedy: string): Finding {
  const instead = question.runtime === 'auto' ? '; shows play as processes' : '';
  return hindersContainers(question, `${found}${instead}`, remedy);
}

export const ok = (found: string): Finding => ({ level: 'ok', found });
export const warning = (found: string, remedy: string): Finding => ({ level: 'warning', found, remedy });
export const problem = (found: string, remedy: string): Finding => ({ level: 'problem', found, remedy });
