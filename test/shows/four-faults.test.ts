// The show four-faults on each runtime and each load engine once, not each with each; on Tempo: backends.test.ts.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../orchestrator/conductor/journal.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import { ours } from '../support/engine.ts';
import { provideK6Image } from '../support/k6-image.ts';
import { binaryOf } from '../support/program.ts';
import { medianOf, notMet, verdictsOf } from '../support/summaries.ts';
import { type Finished, onlyRun, showrunner, start, temporaryFolder } from '../support/showrunner.ts';

/** All that a run leaves in its folder: no database, no telemetry store. */
const filesOfARun = ['journal.jsonl', 'junit.xml', 'logs', 'summary.json'];

const [jaeger, k6] = [binaryOf('jaeger'), binaryOf('k6')];
/** On a bare machine the embedded backend alone. */
const asked = jaeger === undefined ? ['embedded'] : ['embedded', 'jaeger'];

interface Played {
  readonly finished: Finished;
  readonly summary: Summary;
  readonly runDir: string;
}

async function check(...args: readonly string[]): Promise<Played> {
  const runsDir = temporaryFolder('runs');
  const finished = await start(['check', 'four-faults', '--runs-dir', runsDir, ...args]).finished;
  const runDir = onlyRun(runsDir);
  return { finished, runDir, summary: JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary };
}

const ofEmbedded = <T extends { readonly backend: string }>(all: readonly T[]): readonly T[] =>
  all.filter(({ backend }) => backend === 'embedded');

const byText = (one: { readonly text: string }, other: { readonly text: string }): number =>
  one.text.localeCompare(other.text);

/** What the embedded backend made of each act, without the numbers of one run, and without the order in which it was seen. */
function verdicts({ acts }: Summary) {
  return acts.map(({ act, faults, expectations, recovery }) => ({
    act,
    faults: faults.map(({ fault, on, proof, undoVerified }) => ({ fault, on, proven: proof?.proven, undoVerified })),
    expectations: ofEmbedded(expectations)
      .toSorted(byText)
      .map(({ kind, text, how, verdict }) => ({ kind, text, how, verdict })),
    recovery: ofEmbedded(recovery)
      .toSorted(byText)
      .map(({ text, verdict }) => ({ text, verdict })),
  }));
}

/** What the others are compared with. */
let reference: Played;

describe('on processes with the embedded engine', () => {
  beforeAll(async () => {
    const binary = jaeger === undefined ? [] : ['--backend-binary', `jaeger=${jaeger}`];
    reference = await check('--backend', asked.join(','), ...binary);
  });

  test('ends with every verdict met and exit code 0', () => {
    expect(notMet(reference.summary)).toEqual([]);
    expect(verdictsOf(reference.summary).length).toBeGreaterThan(20);
    expect(reference.finished).toMatchObject({ code: 0, stderr: '' });
    expect(reference.summary.run).toMatchObject({ outcome: 'passed', exitCode: 0 });
  });

  test('proves each fault at its source, and that nothing of it is left', () => {
    const faults = reference.summary.acts.flatMap((act) => act.faults);
    expect(faults.map(({ fault }) => fault)).toEqual(['n-plus-one', 'lost-index', 'slow-third-party', 'country-bug']);
    for (const fault of faults) expect(fault).toMatchObject({ proof: { proven: true }, undoVerified: true });
  });

  test('keeps evidence: numbers before and now, and traces that show it', () => {
    for (const act of reference.summary.acts.filter(({ faults }) => faults.length > 0)) {
      for (const { kind, evidence } of act.expectations) {
        expect(evidence.now, kind).not.toBeNull();
        expect(evidence.before, kind).not.toBeNull();
      }
      expect(act.expectations.flatMap(({ evidence }) => evidence.traceIds).length).toBeGreaterThan(0);
    }
  });

  test('loses no telemetry and drops no load', () => {
    const { telemetry, load } = reference.summary;
    expect(telemetry?.rejected).toBe(0);
    const received = Object.values(telemetry?.received ?? {}).reduce((sum, count) => sum + count, 0);
    expect(telemetry?.backends[0]).toMatchObject({ name: 'embedded', delivered: received, dropped: 0 });
    expect(telemetry?.backends.map(({ name, dropped }) => [name, dropped])).toEqual(asked.map((name) => [name, 0]));
    expect(load?.dropped).toBe(0);
  });

  test('shows an anomaly soon, on each backend', () => {
    // Alone on the machine Jaeger takes 5 s; whole traces are more to read, and other suites may run beside this one.
    const within: Readonly<Record<string, number>> = { embedded: 8_000, jaeger: 20_000 };
    for (const name of asked) expect(medianOf(reference.summary, name), name).toBeLessThanOrEqual(within[name] ?? 0);
  });

  test('leaves nothing but its reports', () => {
    expect(reference.summary.leftovers).toEqual([]);
    expect(readdirSync(reference.runDir).toSorted()).toEqual(filesOfARun);
  });

  test('replays from its journal to the same bytes', async () => {
    const into = temporaryFolder('replay');
    expect(await showrunner('replay', reference.runDir, '--quiet', '--into', into)).toEqual({
      code: 0,
      stdout: reference.finished.stdout,
      stderr: '',
    });
    for (const report of ['junit.xml', 'summary.json']) {
      expect(readFileSync(join(into, report), 'utf8')).toBe(readFileSync(join(reference.runDir, report), 'utf8'));
    }
  });

  test('has its whole story in the journal', async () => {
    const types = (await readJournal(join(reference.runDir, 'journal.jsonl'))).map(({ type }) => type);
    expect(types[0]).toBe('run-started');
    expect(types.at(-1)).toBe('run-ended');
  });

  test('gives the audience no answer in what the shop says', () => {
    const said = ['catalog', 'checkout', 'payment'].map((name) =>
      readFileSync(join(reference.runDir, 'logs', `${name}.log`), 'utf8'),
    );
    expect(said.join('').length).toBeGreaterThan(1_000);
    expect(said.join('')).not.toMatch(/\b(demo|faults?|inject\w*|four-faults)\b/i);
  });
});

describe.skipIf(k6 === undefined)('on stock k6', () => {
  let played: Played;
  beforeAll(async () => {
    played = await check('--engine', 'k6-binary');
  });

  test('has every verdict met, exit code 0, and leaves nothing', () => {
    expect(notMet(played.summary)).toEqual([]);
    expect(played.finished).toMatchObject({ code: 0, stderr: '' });
    expect(played.summary.run).toMatchObject({ runtime: 'process', engine: 'k6-binary', outcome: 'passed' });
    expect(played.summary.leftovers).toEqual([]);
  });

  test('has the verdicts of the embedded engine, field by field', () => {
    expect(verdicts(played.summary)).toEqual(verdicts(reference.summary));
  });
});

/** Forwarded packets that leave a bridge of the engine for anywhere but a bridge. */
const egress = ['DOCKER-USER', '-i', 'br+', '!', '-o', 'br+', '-j', 'DROP'];

const engine = await connectEngine().catch((error: unknown) => {
  if (process.env['CI']) throw error;
  return undefined;
});

let removeImage = async (): Promise<void> => undefined;
afterAll(() => removeImage());

describe.skipIf(engine === undefined)('on containers that nothing is let out of, k6 among them', () => {
  let played: Played;
  beforeAll(async () => {
    removeImage = await provideK6Image(engine!);
    execFileSync('iptables', ['-I', ...egress]);
    try {
      played = await check('--runtime', 'containers', '--engine', 'k6-container');
    } finally {
      execFileSync('iptables', ['-D', ...egress]);
    }
  });

  test('has every verdict met, exit code 0, and leaves nothing on the engine', () => {
    expect(notMet(played.summary)).toEqual([]);
    expect(played.finished).toMatchObject({ code: 0, stderr: '' });
    expect(played.summary.run).toMatchObject({ runtime: 'containers', engine: 'k6-container', outcome: 'passed' });
    expect(played.summary.leftovers).toEqual([]);
    expect(ours()).toEqual([]);
  });

  test('has the verdicts of the same show on processes, field by field', () => {
    expect(verdicts(played.summary)).toEqual(verdicts(reference.summary));
  });

  test('takes at most 1 100 MB, and every part of the shop is counted', () => {
    const { peakPssMb, processes: parts } = played.summary.footprint;
    expect(peakPssMb).toBeLessThanOrEqual(1_100);
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['orchestrator', 'load', 'network-proxy', 'postgres', 'storefront', 'catalog', 'bank']),
    );
  });

  test('is ready within 20 s', () => {
    expect(played.summary.readyMs).toBeLessThanOrEqual(20_000);
  });
});
