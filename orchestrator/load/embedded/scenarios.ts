import { otherEngines } from './advice.ts';
import { executors } from './executors/index.ts';
import type { Schedule } from './executors/executor.ts';
import { keyPattern, literal, OptionError, OptionReader } from './options.ts';
import type { ScriptFace } from './protocol.ts';

/** One entry of `options.scenarios`. Durations in milliseconds. */
export interface Scenario {
  readonly name: string;
  readonly executor: string;
  readonly exec: string;
  readonly startTimeMs: number;
  /** How long running iterations may go on once no further one is due. */
  readonly gracefulStopMs: number;
  readonly schedule: Schedule;
}

export interface Settings {
  readonly scenarios: readonly Scenario[];
  readonly userAgent: string;
}

/** Functions k6 calls by their name. This engine plays iterations only, and says so. */
const unplayed = ['setup', 'teardown', 'handleSummary'];

/** What the script asks for; throws an OptionError for what this engine cannot follow, instead of playing something else. */
export function readSettings({ options, functions }: ScriptFace): Settings {
  const lifecycle = unplayed.find((name) => functions.includes(name));
  if (lifecycle !== undefined) {
    throw new OptionError(
      `the embedded engine has no \`${lifecycle}\``,
      new RegExp(`\\b${lifecycle}\\b`),
      otherEngines,
    );
  }
  const reader = new OptionReader(options, 'options');
  reader.ignore('scenarios', 'tags');
  const userAgent = reader.text('userAgent', 'showrunner (k6 script)');
  reader.end(otherEngines);
  const scenarios = Object.entries((options['scenarios'] ?? {}) as Record<string, Record<string, unknown>>);
  if (scenarios.length === 0) {
    throw new OptionError(
      'the script has no scenario',
      keyPattern('scenarios'),
      `write \`scenarios\` with one of ${names()} in \`options\``,
    );
  }
  return { userAgent, scenarios: scenarios.map(([name, scenario]) => readScenario(name, scenario, functions)) };
}

function readScenario(
  name: string,
  options: Readonly<Record<string, unknown>>,
  functions: readonly string[],
): Scenario {
  const reader = new OptionReader(options, `scenario ${name}`);
  const executor = reader.text('executor');
  const found = Object.hasOwn(executors, executor) ? executors[executor] : undefined;
  if (!found) {
    const pattern = new RegExp(`['"\`]${literal(executor)}['"\`]`);
    throw new OptionError(
      `scenario ${name}: the embedded engine has no executor \`${executor}\``,
      pattern,
      `use ${names()}, or ${otherEngines}`,
    );
  }
  const exec = reader.text('exec', 'default');
  if (!functions.includes(exec)) {
    throw new OptionError(
      `scenario ${name}: the script exports no function \`${exec}\``,
      keyPattern('exec'),
      `it exports ${functions.join(', ') || 'none'}`,
    );
  }
  reader.ignore('tags');
  const startTimeMs = reader.duration('startTime', '0s');
  const gracefulStopMs = reader.duration('gracefulStop', '30s');
  const schedule = found.plan(reader);
  reader.end(otherEngines);
  return { name, executor, exec, startTimeMs, gracefulStopMs, schedule };
}

const names = (): string =>
  Object.keys(executors)
    .map((name) => `\`${name}\``)
    .join(', ');
