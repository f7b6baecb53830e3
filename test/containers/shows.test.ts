import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { ours } from '../support/engine.ts';
import { notMet } from '../support/summaries.ts';
import { type Finished, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';

describe('the show of what only a runtime can do', () => {
  let finished: Finished;
  let summary: Summary;

  beforeAll(async () => {
    const runsDir = temporaryFolder('runs');
    finished = await start(['check', 'containers', '--runtime', 'containers', '--runs-dir', runsDir]).finished;
    summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
  }, 300_000);
  afterAll(() => expect(ours()).toEqual([]));

  test('has every verdict met', () => {
    expect(notMet(summary)).toEqual([]);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('proves each fault at its source, and that nothing of it is left', () => {
    const faults = summary.acts.flatMap((act) => act.faults);
    expect(faults.map(({ fault }) => fault)).toEqual([
      'service-paused',
      'service-killed',
      'network-latency',
      'cpu-throttle',
    ]);
    for (const fault of faults) expect(fault).toMatchObject({ proof: { proven: true }, undoVerified: true });
  });

  test('is ready within 20 s, and takes at most 1 100 MB', () => {
    expect(summary.readyMs).toBeLessThanOrEqual(20_000);
    expect(summary.footprint.peakPssMb).toBeLessThanOrEqual(1_100);
  });

  test('is refused where CPU cannot be limited, with the line and the runtime that can', async () => {
    const refused = await start(['check', 'containers', '--runtime', 'process']).finished;
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/show\.yaml:\d+:\d+: `cpu-throttle` needs the containers runtime/);
  });
});
