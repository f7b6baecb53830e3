import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../orchestrator/conductor/journal.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { binaryOf } from '../support/program.ts';
import { medianOf, notMet, verdictsOf } from '../support/summaries.ts';
import { type Finished, onlyRun, showrunner, start, temporaryFolder } from '../support/showrunner.ts';

/** All that a run leaves in its folder: no database, no telemetry store. */
const filesOfARun = ['journal.jsonl', 'junit.xml', 'logs', 'summary.json'];

const jaeger = binaryOf('jaeger');
/** On a bare machine the embedded backend alone. */
const asked = jaeger === undefined ? ['embedded'] : ['embedded', 'jaeger'];

let finished: Finished;
let summary: Summary;
let runDir: string;

beforeAll(async () => {
  const runsDir = temporaryFolder('runs');
  const binary = jaeger === undefined ? [] : ['--backend-binary', `jaeger=${jaeger}`];
  finished = await start(['check', 'four-faults', '--runs-dir', runsDir, '--backend', asked.join(','), ...binary])
    .finished;
  runDir = onlyRun(runsDir);
  summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary;
}, 300_000);

describe('check four-faults', () => {
  test('ends with every verdict met and exit code 0', () => {
    expect(notMet(summary)).toEqual([]);
    expect(verdictsOf(summary).length).toBeGreaterThan(20);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(summary.run).toMatchObject({ outcome: 'passed', exitCode: 0 });
  });

  test('proves each fault at its source, and that nothing of it is left', () => {
    const faults = summary.acts.flatMap((act) => act.faults);
    expect(faults.map(({ fault }) => fault)).toEqual(['n-plus-one', 'lost-index', 'slow-third-party', 'country-bug']);
    for (const fault of faults) expect(fault).toMatchObject({ proof: { proven: true }, undoVerified: true });
  });

  test('keeps evidence: numbers before and now, and traces that show it', () => {
    for (const act of summary.acts.filter(({ faults }) => faults.length > 0)) {
      for (const { kind, evidence } of act.expectations) {
        expect(evidence.now, kind).not.toBeNull();
        expect(evidence.before, kind).not.toBeNull();
      }
      expect(act.expectations.flatMap(({ evidence }) => evidence.traceIds).length).toBeGreaterThan(0);
    }
  });

  test('loses no telemetry and drops no load', () => {
    const { telemetry, load } = summary;
    expect(telemetry?.rejected).toBe(0);
    const received = Object.values(telemetry?.received ?? {}).reduce((sum, count) => sum + count, 0);
    expect(telemetry?.backends[0]).toMatchObject({ name: 'embedded', delivered: received, dropped: 0 });
    expect(telemetry?.backends.map(({ name, dropped }) => [name, dropped])).toEqual(asked.map((name) => [name, 0]));
    expect(load?.dropped).toBe(0);
  });

  test('shows an anomaly soon, on each backend', () => {
    // Alone on the machine Jaeger takes 5 s; whole traces are more to read, and other suites may run beside this one.
    const within: Readonly<Record<string, number>> = { embedded: 8_000, jaeger: 20_000 };
    for (const name of asked) expect(medianOf(summary, name), name).toBeLessThanOrEqual(within[name] ?? 0);
  });

  // The shop and the orchestrator alone stay below 1 000 MB: test/containers/shows.test.ts.
  test('leaves nothing but its reports', () => {
    expect(summary.leftovers).toEqual([]);
    expect(readdirSync(runDir).toSorted()).toEqual(filesOfARun);
  });

  test('replays from its journal to the same bytes', async () => {
    const into = temporaryFolder('replay');
    expect(await showrunner('replay', runDir, '--quiet', '--into', into)).toEqual({
      code: 0,
      stdout: finished.stdout,
      stderr: '',
    });
    for (const report of ['junit.xml', 'summary.json']) {
      expect(readFileSync(join(into, report), 'utf8')).toBe(readFileSync(join(runDir, report), 'utf8'));
    }
  });

  test('has its whole story in the journal', async () => {
    const types = (await readJournal(join(runDir, 'journal.jsonl'))).map(({ type }) => type);
    expect(types[0]).toBe('run-started');
    expect(types.at(-1)).toBe('run-ended');
  });

  test('gives the audience no answer in what the shop says', () => {
    const said = ['catalog', 'checkout', 'payment'].map((name) =>
      readFileSync(join(runDir, 'logs', `${name}.log`), 'utf8'),
    );
    expect(said.join('').length).toBeGreaterThan(1_000);
    expect(said.join('')).not.toMatch(/\b(demo|faults?|inject\w*|four-faults)\b/i);
  });
});
