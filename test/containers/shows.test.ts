import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { ours } from '../support/engine.ts';
import { notMet } from '../support/summaries.ts';
import { type Finished, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';

interface Played {
  readonly finished: Finished;
  readonly summary: Summary;
}

async function check(show: string, runtime: string): Promise<Played> {
  const runsDir = temporaryFolder('runs');
  const finished = await start(['check', show, '--runtime', runtime, '--runs-dir', runsDir]).finished;
  return { finished, summary: JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary };
}

const byText = (one: { readonly text: string }, other: { readonly text: string }): number =>
  one.text.localeCompare(other.text);

/** What a summary says of each verdict, without the numbers of one run, and without the order in which backends showed it. */
function verdicts({ acts }: Summary) {
  return acts.map(({ act, faults, expectations, recovery }) => ({
    act,
    faults: faults.map(({ fault, on, proof, undoVerified }) => ({ fault, on, proven: proof?.proven, undoVerified })),
    expectations: expectations
      .map(({ kind, text, backend, how, verdict }) => ({ kind, text, backend, how, verdict }))
      .toSorted(byText),
    recovery: recovery.map(({ text, backend, verdict }) => ({ text, backend, verdict })).toSorted(byText),
  }));
}

/** Forwarded packets that leave a bridge of the engine for anywhere but a bridge. */
const egress = ['DOCKER-USER', '-i', 'br+', '!', '-o', 'br+', '-j', 'DROP'];

describe('four-faults on containers that nothing is let out of', () => {
  let containers: Played;
  let processes: Played;

  beforeAll(async () => {
    execFileSync('iptables', ['-I', ...egress]);
    try {
      containers = await check('four-faults', 'containers');
    } finally {
      execFileSync('iptables', ['-D', ...egress]);
    }
    processes = await check('four-faults', 'process');
  }, 600_000);

  test('has every verdict met, exit code 0, and leaves nothing on the engine', () => {
    expect(notMet(containers.summary)).toEqual([]);
    expect(containers.finished).toMatchObject({ code: 0, stderr: '' });
    expect(containers.summary.run).toMatchObject({ runtime: 'containers', outcome: 'passed' });
    expect(containers.summary.leftovers).toEqual([]);
    expect(ours()).toEqual([]);
  });

  test('has the verdicts of the same show on processes, field by field', () => {
    expect(notMet(processes.summary)).toEqual([]);
    expect(processes.summary.run).toMatchObject({ runtime: 'process', outcome: 'passed' });
    expect(processes.summary.footprint.peakPssMb).toBeLessThanOrEqual(1_000);
    expect(verdicts(containers.summary)).toEqual(verdicts(processes.summary));
  });

  test('takes at most 1 100 MB, and every part of the shop is counted', () => {
    const { peakPssMb, processes: parts } = containers.summary.footprint;
    expect(peakPssMb).toBeLessThanOrEqual(1_100);
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['orchestrator', 'load', 'network-proxy', 'postgres', 'storefront', 'catalog', 'bank']),
    );
  });

  test('is ready within 20 s', () => {
    expect(containers.summary.readyMs).toBeLessThanOrEqual(20_000);
  });
});

describe('the show of what only a runtime can do', () => {
  let played: Played;

  beforeAll(async () => {
    played = await check('containers', 'containers');
  }, 300_000);
  afterAll(() => expect(ours()).toEqual([]));

  test('has every verdict met', () => {
    expect(notMet(played.summary)).toEqual([]);
    expect(played.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('proves each fault at its source, and that nothing of it is left', () => {
    const faults = played.summary.acts.flatMap((act) => act.faults);
    expect(faults.map(({ fault }) => fault)).toEqual([
      'service-paused',
      'service-killed',
      'network-latency',
      'cpu-throttle',
    ]);
    for (const fault of faults) expect(fault).toMatchObject({ proof: { proven: true }, undoVerified: true });
  });

  test('is refused where CPU cannot be limited, with the line and the runtime that can', async () => {
    const refused = await start(['check', 'containers', '--runtime', 'process']).finished;
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/show\.yaml:\d+:\d+: `cpu-throttle` needs the containers runtime/);
  });
});
