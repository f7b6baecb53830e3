import { k6ExitCodes } from '../engine.ts';
import { otherEngines } from './advice.ts';
import type { HttpSettings } from './http/settings.ts';
import { readThresholds } from './metrics/thresholds.ts';
import { isObject, keyPattern, OptionProblems, OptionReader, type OptionProblem, type Values } from './options.ts';
import type { ScriptFace } from './protocol.ts';
import { goDuration, readScenario } from './scenarios.ts';
import { defaultSystemTags, defaultTrendStats, type Settings } from './settings.ts';
import { scenariosOf } from './shortcuts.ts';

/** Options of k6 that change what a test does, and that this engine does not have; each with values that change nothing. */
const lacking: Readonly<Record<string, readonly unknown[]>> = {
  paused: [false],
  executionSegment: [''],
  executionSegmentSequence: [''],
  rps: [0, '0'],
  dns: [],
  httpDebug: [''],
  tlsCipherSuites: [],
  tlsVersion: [],
  tlsAuth: [],
  blacklistIPs: [],
  blockHostnames: [],
};
/** Options of k6 for the cloud, its extensions and its inside. */
const withoutEffect = ['cloud', 'ext', 'metricSamplesBufferSize', 'features'];

/**
 * The script's options with k6's defaults; throws OptionProblems with all that k6 or this engine cannot follow.
 * What k6 does not know either is warned about, and ignored.
 */
export function readSettings(face: ScriptFace, warn: (text: string) => void): Settings {
  if (face.functions.length === 0) throw new NothingToPlay();
  const problems: OptionProblem[] = [];
  const reader = new OptionReader(face.options, 'options', problems);
  const given = isObject(face.options['scenarios']) ? face.options['scenarios'] : undefined;
  const written = scenariosOf(reader, warn);
  const scenarios = Object.entries(written).map(([name, options]) =>
    readScenario({
      name,
      owner: options === given?.[name] ? `scenario ${name}` : 'options',
      options: isObject(options) ? options : {},
      functions: face.functions,
      problems,
    }),
  );
  const settings: Omit<Settings, 'shown'> = {
    scenarios,
    ...httpSettings(reader),
    ...testSettings(reader),
    thresholds: readThresholds(reader, face.metrics),
    tags: reader.texts('tags'),
    summaryTrendStats: trendStats(reader),
    summaryTimeUnit: timeUnit(reader),
  };
  refuseLacking(reader);
  reader.ignore(...withoutEffect);
  const unknown = reader.unknown();
  if (unknown.length > 0) warn(`unknown options are ignored: ${unknown.join(', ')}`);
  if (problems.length > 0) throw new OptionProblems(problems);
  return {
    ...settings,
    shown: shownOptions(
      face.options,
      scenarios.map((one) => [one.name, one.shown]),
    ),
  };
}

/** The script exports no function; k6 has its general exit code for that. */
export class NothingToPlay extends Error {}

function httpSettings(reader: OptionReader): HttpSettings {
  const systemTags = reader.list('systemTags') ?? defaultSystemTags;
  return {
    userAgent: reader.text('userAgent', 'Grafana k6/2.2.0'),
    insecureSkipTLSVerify: reader.flag('insecureSkipTLSVerify'),
    noConnectionReuse: reader.flag('noConnectionReuse'),
    noVUConnectionReuse: reader.flag('noVUConnectionReuse'),
    discardResponseBodies: reader.flag('discardResponseBodies'),
    maxRedirects: reader.has('maxRedirects') ? reader.whole('maxRedirects', 0) : undefined,
    batch: reader.whole('batch', 0, 20),
    batchPerHost: reader.whole('batchPerHost', 0, 6),
    throw: reader.flag('throw'),
    noCookiesReset: reader.flag('noCookiesReset'),
    hosts: reader.texts('hosts'),
    systemTags: systemTags.map(String),
  };
}

function testSettings(reader: OptionReader) {
  return {
    noSetup: reader.flag('noSetup'),
    noTeardown: reader.flag('noTeardown'),
    setupTimeoutMs: reader.duration('setupTimeout', 1e-6, '60s'),
    teardownTimeoutMs: reader.duration('teardownTimeout', 0, '60s'),
    handleSummaryTimeoutMs: reader.duration('handleSummaryTimeout', 0, '2m'),
    minIterationDurationMs: reader.duration('minIterationDuration', 0, '0s'),
  };
}

function trendStats(reader: OptionReader): readonly string[] {
  const stats = (reader.list('summaryTrendStats') ?? defaultTrendStats).map(String);
  const wrong = stats.find((stat) => !isStat(stat));
  if (wrong !== undefined) {
    reader.problems.push({
      message: `options: \`summaryTrendStats\` has ${JSON.stringify(wrong)}`,
      patterns: [keyPattern('summaryTrendStats')],
      hint: 'write some of `avg`, `min`, `med`, `max`, `count` and percentiles like `p(95)`',
      code: k6ExitCodes.unknownError,
    });
  }
  return stats;
}

function isStat(stat: string): boolean {
  const percentile = /^p\((\d+(?:\.\d+)?)\)$/.exec(stat)?.[1];
  return (
    ['avg', 'min', 'med', 'max', 'count'].includes(stat) || (percentile !== undefined && Number(percentile) <= 100)
  );
}

function timeUnit(reader: OptionReader): string {
  const unit = reader.text('summaryTimeUnit', '');
  if (!['', 's', 'ms', 'us'].includes(unit)) reader.wrong('summaryTimeUnit', unit, "write `'s'`, `'ms'` or `'us'`");
  return unit;
}

function refuseLacking(reader: OptionReader): void {
  for (const [name, harmless] of Object.entries(lacking)) {
    const value = reader.value(name);
    if (value === undefined || harmless.includes(value)) continue;
    reader.problems.push({
      message: `options: the embedded engine has no option \`${name}\``,
      patterns: [keyPattern(name)],
      hint: otherEngines,
    });
  }
}

const durations = ['setupTimeout', 'teardownTimeout', 'handleSummaryTimeout', 'minIterationDuration'];
const shownNames = [
  'paused',
  'scenarios',
  'executionSegment',
  'executionSegmentSequence',
  'noSetup',
  'setupTimeout',
  'noTeardown',
  'teardownTimeout',
  'handleSummaryTimeout',
  'rps',
  'dns',
  'maxRedirects',
  'userAgent',
  'batch',
  'batchPerHost',
  'httpDebug',
  'insecureSkipTLSVerify',
  'tlsCipherSuites',
  'tlsVersion',
  'tlsAuth',
  'throw',
  'thresholds',
  'blacklistIPs',
  'blockHostnames',
  'hosts',
  'noConnectionReuse',
  'noVUConnectionReuse',
  'minIterationDuration',
  'ext',
  'summaryTrendStats',
  'summaryTimeUnit',
  'systemTags',
  'tags',
  'metricSamplesBufferSize',
  'noCookiesReset',
  'discardResponseBodies',
  'features',
  'consoleOutput',
  'localIPs',
];

/** All options that k6 has, `null` where nothing was written, as `exec.test.options` shows them. */
function shownOptions(options: Values, scenarios: readonly (readonly [string, Values])[]): Values {
  const defaults: Values = {
    dns: { ttl: null, select: null, policy: null },
    summaryTrendStats: defaultTrendStats,
    systemTags: defaultSystemTags,
  };
  const shown = shownNames.map((name): readonly [string, unknown] => {
    const value = options[name] ?? defaults[name] ?? null;
    return [name, durations.includes(name) && value !== null ? goDuration(value) : value];
  });
  return { ...Object.fromEntries(shown), scenarios: Object.fromEntries(scenarios) };
}
