import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { startMackerelStandIn } from '../support/mackerel-stand-in.ts';
import { binaryOf } from '../support/program.ts';
import { type Finished, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';
import { startSignozStandIn } from '../support/signoz-stand-in/index.ts';

const binaries = ['jaeger', 'tempo', 'prometheus'].flatMap((name) => {
  const path = binaryOf(name);
  return path === undefined ? [] : [`${name}=${path}`];
});
const asked = ['embedded', 'jaeger', 'tempo', 'mackerel', 'signoz'];
const marker = 'marker-key-5e3f-must-not-be-seen';

describe.skipIf(binaries.length < 3)(
  'one run of four-faults on the real Jaeger, Tempo and Prometheus, and on stand-ins',
  () => {
    let finished: Finished;
    let summary: Summary;
    let runDir: string;
    const stops: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      const mackerel = await startMackerelStandIn({ apiKey: marker, delayMs: 5_000 });
      stops.push(() => mackerel.close());
      const signoz = await startSignozStandIn({ apiKey: marker, delayMs: 5_000 });
      stops.push(() => signoz.close());
      const folder = temporaryFolder('config');
      const config = join(folder, 'showrunner.yaml');
      writeFileSync(
        config,
        `backends:
  mackerel: { apiKey: { env: MARKER_KEY }, url: '${mackerel.url}', otlp: '${mackerel.otlp}', delayMs: 8000 }
  signoz: { apiKey: { file: key }, url: '${signoz.url}', otlp: '${signoz.otlp}', delayMs: 8000 }
`,
      );
      writeFileSync(join(folder, 'key'), marker);
      const runsDir = temporaryFolder('runs');
      const chosen = ['--backend', asked.join(','), '--backend-binary', binaries.join(',')];
      finished = await start(['check', 'four-faults', '--runs-dir', runsDir, '--rate', '10/s', ...chosen], {
        SHOWRUNNER_CONFIG: config,
        MARKER_KEY: marker,
      }).finished;
      runDir = onlyRun(runsDir);
      summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary;
    }, 900_000);
    afterAll(() => Promise.all(stops.map((stop) => stop())));

    const verdictsOf = (backend: string) =>
      summary.acts.flatMap(({ expectations, recovery }) =>
        [...expectations, ...recovery].filter((verdict) => verdict.backend === backend),
      );

    test.for(asked)('%s says that every verdict is met', (backend) => {
      expect(verdictsOf(backend).filter(({ verdict }) => verdict !== 'met')).toEqual([]);
      expect(verdictsOf(backend).length).toBeGreaterThan(20);
      expect(finished).toMatchObject({ code: 0 });
    });

    test('each shows an anomaly within its own time', () => {
      expect(medianOf(summary, 'embedded')).toBeLessThanOrEqual(8_000);
      expect(medianOf(summary, 'jaeger')).toBeLessThanOrEqual(8_000);
      expect(medianOf(summary, 'tempo')).toBeLessThanOrEqual(45_000);
    });

    test('every record reached every backend that is sent to', () => {
      const backends = summary.telemetry?.backends ?? [];
      expect(backends.map(({ name }) => name)).toEqual(asked);
      for (const { dropped, delivered } of backends) {
        expect(dropped).toBe(0);
        expect(delivered).toBeGreaterThan(1_000);
      }
    });

    test('the console has one table with a column for each', () => {
      expect(finished.stdout).toMatch(/act +expectation +embedded +jaeger +tempo +mackerel +signoz/);
    });

    test('no secret is in any file of the run, in the output, or in the shop', () => {
      expect(finished.stdout).not.toContain(marker);
      expect(finished.stderr).not.toContain(marker);
      for (const file of readdirSync(runDir, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      )) {
        expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(marker);
      }
    });

    test('nothing is left', () => {
      expect(summary.leftovers).toEqual([]);
    });
  },
);

/** Of the times after which a backend showed the anomalies of a run. */
function medianOf({ acts }: Summary, backend: string): number {
  const times = acts
    .flatMap(({ expectations }) => expectations)
    .flatMap((one) => (one.backend === backend && one.timeToVisibleMs !== null ? [one.timeToVisibleMs] : []))
    .toSorted((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? Infinity;
}
