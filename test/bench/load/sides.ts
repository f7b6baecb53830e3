import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedEngine } from '../../../orchestrator/load/embedded/engine.ts';

/** What is played: `rate` in iterations a second, or `vus` that go round, each with `pauseMs` after its request. */
export type Leg = { readonly seconds: number; readonly vus: number } & (
  | {
      readonly rate: number;
      /** The first of its seconds, in which connections are opened and code is compiled: latency is told apart for them. */
      readonly warmSeconds: number;
    }
  | { readonly pauseMs: number }
);

interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Milliseconds. */
export interface Played {
  readonly iterations: number;
  /** Of the requests after the warm-up. */
  readonly latency: Latency;
  readonly warmingUp: Latency;
  /** How late iterations started; undefined where the engine cannot tell. */
  readonly lateP99: number | undefined;
}

/** Plays a leg on one engine; `watch` is called with the process as soon as it plays. */
export type Side = (leg: Leg, url: string, watch: (pid: number) => void) => Promise<Played>;

const script = `
import http from 'k6/http';
import { check, sleep } from 'k6';
import exec from 'k6/execution';
const { LEG, URL } = __ENV;
const { rate, vus, seconds, warmSeconds, pauseMs } = JSON.parse(LEG);
const duration = seconds + 's';
export const options = {
  scenarios: {
    main: rate
      ? { executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration, preAllocatedVUs: vus, maxVUs: vus }
      : { executor: 'constant-vus', vus, duration },
  },
  summaryTrendStats: ['med', 'p(95)', 'p(99)'],
  // k6 sums up the requests of a tag only where a threshold asks for them.
  thresholds: rate
    ? { 'http_req_duration{part:warm}': ['p(95)>=0'], 'http_req_duration{part:measured}': ['p(95)>=0'] }
    : {},
};
export default function () {
  if (rate) {
    const part = exec.instance.currentTestRunDuration < warmSeconds * 1000 ? 'warm' : 'measured';
    http.get(URL, { tags: { part } });
    return;
  }
  check(http.get(URL), { 'status is 200': (r) => r.status === 200 });
  if (pauseMs) sleep(pauseMs / 1000);
}
`;

interface Exported {
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const playEmbedded: Side = async (leg, url, watch) =>
  await inFolder(async (files) => {
    const run = await embeddedEngine.start({
      script: files.script,
      env: { LEG: JSON.stringify(leg), URL: url },
      logFile: files.log,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      summaryExport: files.summary,
    });
    watch(run.pid ?? 0);
    const { code, error } = await run.ended;
    if (code !== 0)
      throw new Error(`the embedded engine ended with ${code}: ${error ?? readFileSync(files.log, 'utf8')}`);
    const { lateP99Ms } = await run.stop();
    return played(files.summary, lateP99Ms);
  });

/** Plain k6, without an output of its samples, which would cost it more than the script. */
export const playOnK6 =
  (binary: string): Side =>
  async (leg, url, watch) =>
    await inFolder(async (files) => {
      const env = [`LEG=${JSON.stringify(leg)}`, `URL=${url}`].flatMap((one) => ['-e', one]);
      const args = ['run', '--quiet', '--no-usage-report', '--summary-export', files.summary, ...env, files.script];
      const k6 = spawn(binary, args, {
        stdio: 'ignore',
        env: { ...process.env, K6_AUTO_EXTENSION_RESOLUTION: 'false' },
      });
      const ended = once(k6, 'exit');
      watch(k6.pid ?? 0);
      const [code] = (await ended) as [number];
      if (code !== 0) throw new Error(`k6 ended with ${code}`);
      return played(files.summary, undefined);
    });

async function inFolder<T>(play: (files: { script: string; summary: string; log: string }) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'showrunner-bench-'));
  try {
    const files = {
      script: join(folder, 'script.js'),
      summary: join(folder, 'summary.json'),
      log: join(folder, 'log'),
    };
    writeFileSync(files.script, script);
    return await play(files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function played(summary: string, lateP99: number | undefined): Played {
  const { metrics } = JSON.parse(readFileSync(summary, 'utf8')) as Exported;
  const number = (metric: string, value: string): number => metrics[metric]?.[value] ?? Number.NaN;
  const latencyOf = (part: string): Latency => {
    const stat = (name: string): number => number(`http_req_duration{part:${part}}`, name);
    return { p50: stat('med'), p95: stat('p(95)'), p99: stat('p(99)') };
  };
  return {
    iterations: number('iterations', 'count'),
    latency: latencyOf('measured'),
    warmingUp: latencyOf('warm'),
    lateP99,
  };
}
