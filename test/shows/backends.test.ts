import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { startMackerelStandIn } from '../support/mackerel-stand-in.ts';
import { binaryOf } from '../support/program.ts';
import { showFolder } from '../support/show-folder.ts';
import { eventsSoFar, eventually, type Finished, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';
import { medianOf, notMet, verdictsOf } from '../support/summaries.ts';
import { startSignozStandIn } from '../support/signoz-stand-in/index.ts';

const binaries = ['jaeger', 'tempo', 'prometheus'].flatMap((name) => {
  const path = binaryOf(name);
  return path === undefined ? [] : [`${name}=${path}`];
});
const asked = ['embedded', 'jaeger', 'tempo', 'mackerel', 'signoz', 'prometheus'];
const marker = 'marker-key-5e3f-must-not-be-seen';

/** What every backend can be asked for, but for `root-cause`, for which Prometheus has no traces. */
const twoCauses = showFolder(
  'two-causes',
  `  - act: calm
    for: 16s
    expect:
      - quiet: { services: all }
  - act: slow-bank
    for: 20s
    faults:
      - { inject: slow-third-party, at: 1s, on: payment->bank }
    expect:
      - latency: { service: storefront, route: POST /api/orders, p95: '>= 1s' }
      - quiet: { services: [catalog] }
    heals: { within: 20s }
  - act: country-bug
    for: 25s
    faults:
      - { inject: country-bug, at: 1s, on: checkout }
    expect:
      - error-rate: { service: checkout, route: POST /orders, rate: '>= 5%' }
      - root-cause: { service: checkout, exception: TypeError, entry: { service: storefront, route: POST /api/orders } }
    heals: { within: 20s }
`,
);

interface Played {
  readonly finished: Finished;
  readonly runDir: string;
  readonly summary: Summary;
}

interface Playing {
  readonly env?: Readonly<Record<string, string>>;
  /** Called once, while the first act plays. */
  readonly onStage?: () => void;
}

async function check(show: string, names: readonly string[], { env = {}, onStage }: Playing = {}): Promise<Played> {
  const runsDir = temporaryFolder('runs');
  const chosen = ['--backend', names.join(','), '--backend-binary', binaries.join(',')];
  const running = start(['check', show, '--runs-dir', runsDir, '--rate', '10/s', ...chosen], env);
  if (onStage) {
    await eventually('act', 120_000, () => eventsSoFar(runsDir).find(({ type }) => type === 'act-started'));
    onStage();
  }
  const finished = await running.finished;
  const runDir = onlyRun(runsDir);
  return { finished, runDir, summary: JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary };
}

/** The environment of every service that runs on this machine, as the system tells it. */
function environmentsOfServices(): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(environmentOf).filter((environment) => environment.includes('SERVICE_VERSION='));
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return '';
  }
}

describe.skipIf(binaries.length < 3)('four-faults on the real Tempo', () => {
  test('has every verdict met, an anomaly in 45 s, and leaves nothing', async () => {
    const played = await check('four-faults', ['tempo']);
    expect(notMet(played.summary, 'tempo')).toEqual([]);
    expect(verdictsOf(played.summary, 'tempo').length).toBeGreaterThan(20);
    expect(played.finished.code).toBe(0);
    expect(medianOf(played.summary, 'tempo')).toBeLessThanOrEqual(45_000);
    expect(played.summary.leftovers).toEqual([]);
  }, 900_000);
});

describe.skipIf(binaries.length < 3)('one show on the real Jaeger, Tempo and Prometheus, and on stand-ins', () => {
  let played: Played;
  let environments: readonly string[] = [];
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const mackerel = await startMackerelStandIn({ apiKey: marker, delayMs: 5_000 });
    stops.push(() => mackerel.close());
    const signoz = await startSignozStandIn({ apiKey: marker, delayMs: 5_000 });
    stops.push(() => signoz.close());
    const folder = temporaryFolder('config');
    const config = join(folder, 'showrunner.yaml');
    writeFileSync(join(folder, 'key'), marker);
    writeFileSync(
      config,
      `backends:
  mackerel: { apiKey: { env: MARKER_KEY }, url: '${mackerel.url}', otlp: '${mackerel.otlp}', delayMs: 8000 }
  signoz: { apiKey: { file: key }, url: '${signoz.url}', otlp: '${signoz.otlp}', delayMs: 8000 }
`,
    );
    played = await check(twoCauses, asked, {
      env: { SHOWRUNNER_CONFIG: config, MARKER_KEY: marker },
      onStage: () => (environments = environmentsOfServices()),
    });
  }, 600_000);
  afterAll(() => Promise.all(stops.map((stop) => stop())));

  test.for(asked.filter((name) => name !== 'prometheus'))('%s says that every verdict is met', (backend) => {
    expect(notMet(played.summary, backend)).toEqual([]);
    expect(verdictsOf(played.summary, backend)).toHaveLength(8);
  });

  test('prometheus says so of all that metrics can answer, and the rest is unverified, never met', () => {
    expect(notMet(played.summary, 'prometheus')).toMatchObject([
      {
        kind: 'root-cause',
        verdict: 'unverified',
        reason: expect.stringContaining('cannot be asked for traces') as unknown,
      },
      { verdict: 'unverified', reason: 'there was nothing to heal' },
    ]);
    expect(played.finished.stderr).toContain('root-cause will be unverified on prometheus');
    expect(played.finished.code).toBe(1);
  });

  test('every record reached every backend that is sent to', () => {
    const counted = played.summary.telemetry?.backends ?? [];
    expect(counted.map(({ name }) => name)).toEqual(asked);
    for (const { dropped, delivered } of counted) {
      expect(dropped).toBe(0);
      expect(delivered).toBeGreaterThan(1_000);
    }
  });

  test('the console has one table with a column for each, and says where they do not agree', () => {
    expect(played.finished.stdout).toMatch(new RegExp(`act +expectation +${asked.join(' +')}`));
    expect(played.finished.stdout).toMatch(/do not agree:\n +country-bug: storefront POST/);
  });

  test('no secret is in the environment of a service', () => {
    expect(environments.length).toBeGreaterThanOrEqual(8);
    expect(environments.filter((environment) => environment.includes(marker))).toEqual([]);
  });

  test('no secret is in any file of the run or in the output', () => {
    expect(played.finished.stdout).not.toContain(marker);
    expect(played.finished.stderr).not.toContain(marker);
    const files = readdirSync(played.runDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(marker);
  });

  test('nothing is left', () => {
    expect(played.summary.leftovers).toEqual([]);
  });
});
