import { describe, expect, test } from 'vitest';
import { OptionProblems } from '../../../../orchestrator/load/embedded/options.ts';
import { readSettings } from '../../../../orchestrator/load/embedded/read-settings.ts';
import { goDuration } from '../../../../orchestrator/load/embedded/scenarios.ts';

function settingsOf(options: Readonly<Record<string, unknown>>, functions = ['default']) {
  const warnings: string[] = [];
  const settings = readSettings({ options, functions, metrics: [] }, (text) => warnings.push(text));
  return { settings, warnings };
}

function problemsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    settingsOf(options);
    return [];
  } catch (error) {
    if (!(error instanceof OptionProblems)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

describe('the shortcuts stand for a scenario `default`, as in k6', () => {
  test.each([
    ['none', {}, 'per-vu-iterations', 1],
    ['vus alone', { vus: 3 }, 'shared-iterations', 3],
    ['iterations', { iterations: 8, vus: 2 }, 'shared-iterations', 2],
    ['a duration', { duration: '2s', vus: 4 }, 'constant-vus', 4],
    ['stages', { stages: [{ duration: '1s', target: 5 }], vus: 0 }, 'ramping-vus', 0],
  ])('%s', (_what, options, executor, planned) => {
    const [scenario] = settingsOf(options).settings.scenarios;
    expect(scenario).toMatchObject({ name: 'default', executor });
    expect(scenario?.schedule.needs[0]?.planned).toBe(planned);
  });

  test('those that exclude each other are refused', () => {
    expect(problemsOf({ duration: '1s', stages: [{ duration: '1s', target: 1 }] })).toEqual([
      'options: `duration` and `stages` exclude each other',
    ]);
    expect(problemsOf({ iterations: 1, scenarios: { a: { executor: 'per-vu-iterations' } } })).toEqual([
      'options: `iterations` and `scenarios` exclude each other',
    ]);
  });

  test('vus beside scenarios, and empty stages or scenarios, are warned about', () => {
    expect(settingsOf({ vus: 2, scenarios: { a: { executor: 'per-vu-iterations' } } }).warnings).toHaveLength(1);
    expect(settingsOf({ stages: [] }).warnings).toEqual(['`stages` is empty: one virtual user plays one iteration']);
    expect(settingsOf({ scenarios: {} }).warnings).toEqual([
      '`scenarios` is empty: one virtual user plays one iteration',
    ]);
  });
});

test('an option that k6 does not know is warned about, one that this engine lacks is refused, also where several are wrong', () => {
  expect(settingsOf({ bogus: 1, cloud: {}, rps: 0 }).warnings).toEqual(['unknown options are ignored: bogus']);
  expect(problemsOf({ rps: 5, dns: { ttl: '1s' }, setupTimeout: 'soon', throw: 'yes' })).toEqual([
    'options: `throw` is "yes"',
    'options: `setupTimeout` is "soon"',
    'options: the embedded engine has no option `rps`',
    'options: the embedded engine has no option `dns`',
  ]);
});

test('an option that a scenario does not have is refused, as in k6', () => {
  const scenarios = {
    a: { executor: 'constant-vus', duration: '1s', rate: 3 },
    'b c': { executor: 'nope', exec: 'buy' },
  };
  expect(problemsOf({ scenarios })).toEqual([
    'scenario a: `constant-vus` has no option `rate`',
    'scenario b c: the name has other characters',
    'scenario b c: there is no executor `nope`',
    'scenario b c: the script exports no function `buy`',
  ]);
});

test('numbers may be written as text, and durations as milliseconds', () => {
  const scenarios = {
    a: { executor: 'constant-arrival-rate', rate: '5', duration: 2000, preAllocatedVUs: '3', startTime: '1m30s' },
  };
  const [scenario] = settingsOf({ scenarios }).settings.scenarios;
  expect(scenario).toMatchObject({ startTimeMs: 90_000, schedule: { durationMs: 2000, endMs: 32_000 } });
});

test('exec.test.options shows all options of k6, null where nothing was written', () => {
  const { shown } = settingsOf({ duration: '90s', setupTimeout: '300ms', tags: { a: 'b' } }).settings;
  expect(shown).toMatchObject({
    paused: null,
    setupTimeout: '300ms',
    tags: { a: 'b' },
    summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'],
    scenarios: {
      default: { executor: 'constant-vus', startTime: null, gracefulStop: null, vus: null, duration: '1m30s' },
    },
  });
  expect(Object.keys(shown)).not.toContain('vus');
});

test.each([
  [0, '0s'],
  ['1.5ms', '1.5ms'],
  [1500, '1.5s'],
  ['90s', '1m30s'],
  ['2h', '2h0m0s'],
  ['36h15m', '36h15m0s'],
])('the duration %j is shown as %s', (value, shown) => {
  expect(goDuration(value)).toBe(shown);
});
