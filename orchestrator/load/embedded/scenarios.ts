import { executors } from './executors/index.ts';
import type { Executor, Schedule } from './executors/executor.ts';
import type { Tags } from './metrics/samples.ts';
import { otherEngines } from './advice.ts';
import { durationOf, isObject, keyPattern, literal, OptionReader, type OptionProblem, type Values } from './options.ts';

/** One entry of `options.scenarios`. Durations in milliseconds. */
export interface Scenario {
  readonly name: string;
  readonly executor: string;
  readonly exec: string;
  readonly startTimeMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: Tags;
  readonly schedule: Schedule;
  /** As `exec.test.options` shows it. */
  readonly shown: Values;
}

export interface ReadScenario {
  readonly name: string;
  /** Whose options they are in the script: the scenario's, or, for a shortcut, the test's. */
  readonly owner: string;
  readonly options: Values;
  /** What the script exports. */
  readonly functions: readonly string[];
  readonly problems: OptionProblem[];
}

const noSchedule: Schedule = { needs: [], durationMs: 0, endMs: 0, run: () => Promise.resolve() };

/** Reads one scenario; notes what is wrong with it in `problems`. */
export function readScenario({ name, owner, options, functions, problems }: ReadScenario): Scenario {
  const reader = new OptionReader(options, owner, problems);
  if (!/^[\w-]+$/.test(name)) reader.note(name, 'the name has other characters', 'use letters, digits, `_` and `-`');
  const executor = reader.text('executor');
  const found = Object.hasOwn(executors, executor) ? executors[executor] : undefined;
  if (!found && executor !== '') problems.push(unknownExecutor(name, executor));
  const exec = reader.text('exec', 'default');
  if (!functions.includes(exec)) {
    const hint = `it exports ${functions.join(', ') || 'none'}`;
    reader.note('exec', `the script exports no function \`${exec}\``, hint);
  }
  const startTimeMs = reader.duration('startTime', 0, '0s');
  const gracefulStopMs = reader.duration('gracefulStop', 0, '30s');
  const env = reader.texts('env');
  const tags = reader.texts('tags');
  if (reader.has('options')) {
    reader.note('options', 'the embedded engine has no option `options` (browsers)', otherEngines);
  }
  const schedule = found?.plan(reader, gracefulStopMs) ?? noSchedule;
  for (const unknown of found ? reader.unknown() : []) {
    reader.note(unknown, `\`${executor}\` has no option \`${unknown}\``, `it has ${optionsOf(found)}`);
  }
  return { name, executor, exec, startTimeMs, env, tags, schedule, shown: shownScenario(options, found) };
}

function unknownExecutor(scenario: string, executor: string): OptionProblem {
  return {
    message: `scenario ${scenario}: there is no executor \`${executor}\``,
    patterns: [new RegExp(`['"\`]${literal(executor)}['"\`]`), keyPattern(scenario)],
    hint: `use ${Object.keys(executors)
      .map((name) => `\`${name}\``)
      .join(', ')}`,
  };
}

function optionsOf(executor: Executor | undefined): string {
  return ['startTime', 'gracefulStop', 'exec', 'env', 'tags', ...Object.keys(executor?.options ?? {})].join(', ');
}

const ofEvery: Executor['options'] = {
  startTime: 'duration',
  gracefulStop: 'duration',
  env: 'value',
  exec: 'value',
  tags: 'value',
};

/** With `null` for all that was not written, as k6 shows it. */
function shownScenario(options: Values, executor: Executor | undefined): Values {
  const kinds = Object.entries({ ...ofEvery, ...executor?.options });
  return {
    executor: options['executor'],
    ...Object.fromEntries(kinds.map(([name, kind]) => [name, shownValue(options[name], kind)])),
  };
}

function shownValue(value: unknown, kind: 'value' | 'duration' | 'stages'): unknown {
  if (value === undefined || value === null) return null;
  if (kind === 'duration') return goDuration(value);
  if (kind !== 'stages' || !Array.isArray(value)) return value;
  return value.map((stage: unknown) =>
    isObject(stage) ? { duration: goDuration(stage['duration']), target: stage['target'] ?? null } : stage,
  );
}

/** As Go writes a duration, `1m30s`; what is no duration stays. */
export function goDuration(value: unknown): unknown {
  const ms = durationOf(value);
  if (ms === undefined) return value;
  if (ms === 0) return '0s';
  if (ms < 1) return ms * 1000 < 1 ? `${Math.round(ms * 1e6)}ns` : `${Number((ms * 1000).toFixed(3))}µs`;
  if (ms < 1000) return `${Number(ms.toFixed(6))}ms`;
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(9))}s`;
  if (ms < 60_000) return seconds;
  const minutes = `${Math.floor(ms / 60_000) % 60}m${seconds}`;
  return ms < 3_600_000 ? minutes : `${Math.floor(ms / 3_600_000)}h${minutes}`;
}
