import { expect, test } from 'vitest';
import { ignoredOptions, ignoredProxies } from '../../../orchestrator/cli/k6-environment.ts';
import { progressLines } from '../../../orchestrator/cli/load-progress.ts';

test.each([
  { engine: 'embedded', ignored: ['K6_DURATION', 'K6_OUT', 'K6_VUS'] },
  { engine: 'k6-container', ignored: ['K6_DURATION', 'K6_OUT', 'K6_VUS'] },
  { engine: 'k6-binary', ignored: ['K6_OUT'] },
] as const)(
  'options of k6 that $engine would ignore are told from those that change nothing',
  ({ engine, ignored }) => {
    const env = {
      K6_VUS: '5',
      K6_DURATION: '1m',
      K6_OUT: 'json=r.json',
      K6_CLOUD_TOKEN: 'x',
      K6_NO_USAGE_REPORT: '1',
      SHOWRUNNER_K6: '/opt/k6',
      PATH: '/bin',
    };
    expect(ignoredOptions(env, engine)).toEqual(ignored);
  },
);

test('proxies are told of that the embedded engine does not use', () => {
  const env = {
    https_proxy: 'http://proxy:3128',
    HTTP_PROXY: '',
    NO_PROXY: 'localhost',
    HTTPS_PROXY: 'http://proxy:3128',
  };
  expect(ignoredProxies(env, 'embedded')).toEqual(['HTTPS_PROXY', 'https_proxy']);
  expect(ignoredProxies(env, 'k6-binary')).toEqual([]);
});

test('the progress adds up, from the beginning of the first second', () => {
  let text = '';
  const tell = progressLines({ write: (line) => (text += line) });
  const second = { requests: 1, failed: 0, p50Ms: 1, p95Ms: 2 };
  tell({ ...second, at: 11_000, iterations: 7, dropped: 0, vus: 2 });
  tell({ ...second, at: 12_000, iterations: 5, dropped: 3, vus: 4 });
  expect(text).toBe(
    'running (01.0s), 2 VUs, 7 complete iterations\n' +
      'running (02.0s), 4 VUs, 12 complete iterations, 3 dropped in this second\n',
  );
});
