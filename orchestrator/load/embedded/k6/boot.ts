import { packReturned } from '../../summary/returned.ts';
import type { CallReport, FunctionCall, ScenarioOfCall, ScriptError, ScriptFace } from '../protocol.ts';
import {
  abandonAll,
  current,
  currentTags,
  declaredMetrics,
  isWaiting,
  resetTags,
  settle,
  takeFailure,
  takeSamples,
} from './bridge.ts';
import { callKinds, moreToCome } from './call-kinds.ts';
import { endTimers } from './timers.ts';

type Exports = Readonly<Record<string, unknown>>;

/** What the engine sends before a call where it differs from the last one. */
export type CallChange = Omit<FunctionCall, 'iteration'>;

// k6's own names.
/* oxlint-disable no-underscore-dangle */
const globals = globalThis as unknown as { readonly __ENV: Readonly<Record<string, string>>; __ITER?: number };
let script: Exports = {};
let env: Readonly<Record<string, string>> = {};
let data: unknown;
/** Its two numbers are those of the call that runs. */
let scenario: { -readonly [K in keyof ScenarioOfCall]: ScenarioOfCall[K] } | undefined;
let firstTags = currentTags();
/** How the call that runs went. */
let outcome: { value?: unknown; error?: ScriptError } = {};

/** Hands the engine the functions that it calls by name. */
export function boot(exports: Exports): void {
  script = commonJs(exports) ?? exports;
  env = { ...globals.__ENV };
  Object.assign(globalThis, {
    hostFunctions: { face, change, call, playOn, isWaiting: goesOn, settle, report, abandonAll: drop },
  });
}

/** The exports of a script that wrote to `exports`: the bundler gives them as the default export. */
function commonJs({ default: exported }: Exports): Exports | undefined {
  if (typeof exported !== 'object' || exported === null || !('default' in exported || 'options' in exported))
    return undefined;
  return exported;
}

function face(): string {
  return JSON.stringify({
    options: (script['options'] ?? {}) as ScriptFace['options'],
    functions: Object.keys(script).filter((name) => typeof script[name] === 'function'),
    metrics: declaredMetrics(),
  } satisfies ScriptFace);
}

/** `next` has `data` only where it is new: the script may keep notes in the one it was given, as in k6. */
function change(text: string): void {
  const next = JSON.parse(text) as CallChange;
  if ('data' in next) data = next.data;
  current.exec = next.exec;
  current.vu = next.vu;
  if (!next.scenario) {
    scenario = undefined;
    delete current.scenario;
    resetTags(next.exec === 'handleSummary' ? {} : { group: `::${next.exec}` });
    firstTags = currentTags();
  } else if (!isSameScenario(next.scenario)) {
    scenario = next.scenario;
    current.scenario = scenario;
    resetTags({ ...scenario.tags, group: '' });
    firstTags = currentTags();
    Object.assign(globalThis, { __ENV: { ...env, ...scenario.env } });
  }
}

const isSameScenario = (next: ScenarioOfCall): boolean =>
  next.name === scenario?.name && next.startTime === scenario.startTime;

/** Plays what `change` has prepared, up to its first `await`. Gives the report, if nothing is waited for. */
function call(iteration: number, iterationInTest: number, iterationOfVu: number): string | undefined {
  current.iteration = iteration;
  if (scenario) {
    scenario.iterationInTest = iterationInTest;
    scenario.iterationOfVu = iterationOfVu;
    globals.__ITER = iteration;
  }
  outcome = {};
  const mine = outcome;
  try {
    const value = (script[current.exec] as (...given: unknown[]) => unknown)(data);
    // Most functions give nothing, and `instanceof` takes its time.
    if (value !== undefined && value instanceof Promise) {
      value.then(
        (result: unknown) => (mine.value = result),
        (error: unknown) => (mine.error = describe(error, 'Uncaught (in promise) ')),
      );
      return moreToCome;
    }
    mine.value = value;
  } catch (error) {
    mine.error = describe(error);
  }
  return isWaiting() ? moreToCome : report();
}

declare const hostCall: (kind: typeof callKinds.next, report: string) => string;

/**
 * Plays one call after the other without an end, each time with what `call` takes, as texts between spaces, and tells how the last one went.
 * The engine keeps it suspended in between, which costs less than a call from outside.
 */
function playOn(): never {
  let next = hostCall(callKinds.next, '');
  for (;;) {
    // By index: the interpreter is slow at taking an array apart.
    const numbers = next.split(' ');
    next = hostCall(callKinds.next, call(Number(numbers[0]), Number(numbers[1]), Number(numbers[2])) ?? '');
  }
}

/** Forgets what the call has started. */
function drop(): void {
  abandonAll();
  endTimers();
}

/** True while the call has more to come. What has thrown is at its end, whatever it has started. */
function goesOn(): boolean {
  const failure = takeFailure();
  if (failure) outcome.error ??= describe(failure.error);
  if (outcome.error) drop();
  return isWaiting();
}

/** The CallReport as JSON; undefined where there is nothing to say. */
function report(): string | undefined {
  const samples = takeSamples();
  // So ends nearly every iteration.
  const isPlain = current.scenario && !outcome.error && currentTags() === firstTags;
  const rest = isPlain ? '{}' : JSON.stringify(outcomeOf());
  if (!samples) return rest === '{}' ? undefined : `{"samples":[],${rest.slice(1)}`;
  return rest === '{}' ? `{"samples":${samples}}` : `{"samples":${samples},${rest.slice(1)}`;
}

function outcomeOf(): Omit<CallReport, 'samples'> {
  const { value, error } = outcome;
  const tags = currentTags() === firstTags ? {} : { tags: currentTags() };
  if (error) return { ...tags, error };
  try {
    if (current.scenario) return tags;
    if (current.exec === 'handleSummary') return { ...tags, result: packReturned(value) };
    if (value === undefined) return tags;
    return { ...tags, result: JSON.parse(goJson(value) ?? 'null') as unknown };
  } catch (failure) {
    return { ...tags, error: describe(failure) };
  }
}

/** What `setup` returns becomes JSON in k6's own way: the time of a Date has no zeros at its end. */
function goJson(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, shown: unknown) {
    const own = this[key];
    return own instanceof Date && typeof shown === 'string' ? shown.replace(/\.?0+Z$/, 'Z') : shown;
  });
}

/** k6 shows what is thrown as its text; only errors have a name and a stack. */
function describe(thrown: unknown, prefix = ''): ScriptError {
  if (thrown instanceof Error)
    return { name: thrown.name, message: prefix + thrown.message, stack: thrown.stack ?? '' };
  return { name: '', message: prefix + String(thrown), stack: '' };
}
