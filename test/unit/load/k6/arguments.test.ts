import { expect, test } from 'vitest';
import type { LoadPlan } from '../../../../orchestrator/load/engine.ts';
import { k6Arguments, withoutOptions } from '../../../../orchestrator/load/k6/arguments.ts';

const files = { summary: '/tmp/summary.json', script: '/scripts/own.ts' };
const plan = (more: Partial<LoadPlan> = {}): LoadPlan => ({
  script: files.script,
  env: { BASE_URL: 'http://127.0.0.1:1', NOTE: 'a=b c' },
  logFile: '/tmp/load.log',
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...more,
});

test('a show’s script gets the show’s variables and nothing of this machine’s', () => {
  const args = k6Arguments(plan(), files);
  expect(args.slice(0, 2)).toEqual(['run', '--no-usage-report']);
  expect(args).toContain('--include-system-env-vars=false');
  expect(args.filter((_, index) => args[index - 1] === '-e')).toEqual(['BASE_URL=http://127.0.0.1:1', 'NOTE=a=b c']);
  expect(args).toContain('--quiet');
  expect(args.at(-1)).toBe(files.script);
});

test('no option of k6 comes from the user’s shell in a show', () => {
  expect(withoutOptions({ PATH: '/bin', K6_ITERATIONS: '1', K6_LOG_OUTPUT: 'none', HTTP_PROXY: 'http://p' })).toEqual({
    PATH: '/bin',
    HTTP_PROXY: 'http://p',
  });
});

test('at a terminal k6 writes as it always does, and is as quiet as was asked for', () => {
  const args = k6Arguments(plan({ terminal: { quiet: false } }), files);
  for (const name of ['--quiet', '--log-format', '--include-system-env-vars=false']) expect(args).not.toContain(name);
  expect(k6Arguments(plan({ terminal: { quiet: true } }), files)).toContain('--quiet');
});

test('of the two forms of the summary k6 writes one', () => {
  expect(k6Arguments(plan({ machineReadable: '/x.json' }), files)).toContain('--new-machine-readable-summary');
  expect(() => k6Arguments(plan({ machineReadable: '/x.json', summaryExport: '/y.json' }), files)).toThrow(
    'one form of the summary',
  );
});
