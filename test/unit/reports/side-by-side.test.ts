import { expect, test } from 'vitest';
import type { Verdict } from '../../../orchestrator/expectations/expectation.ts';
import { sideBySide } from '../../../orchestrator/reports/side-by-side.ts';
import { createSummary, type Summary, type SummaryAct } from '../../../orchestrator/reports/summarise.ts';
import { words } from '../../../orchestrator/reports/words.ts';

type Expectation = SummaryAct['expectations'][number];

const text = 'payment POST /payments p95 >= 1s';

function expectation(backend: string, verdict: Verdict, over: Partial<Expectation> = {}): Expectation {
  return {
    kind: 'latency',
    text,
    backend,
    how: 'native',
    verdict,
    reason: `p95 as ${backend} has it`,
    timeToVisibleMs: verdict === 'met' ? 4_200 : null,
    evidence: { before: { p95Ms: 6 }, now: { p95Ms: 1_400 }, traceIds: [] },
    ...over,
  };
}

function table(...expectations: readonly Expectation[]): string {
  const empty = createSummary().result();
  const backends = expectations.map(({ backend }) => backend);
  const recovery = [{ text, backend: 'embedded', verdict: 'met', reason: '', healedMs: 8_100 } as const];
  const act = { act: 'slow', startedAt: null, endedAt: null, startJitterMs: null, faults: [], expectations, recovery };
  const summary: Summary = { ...empty, run: { ...empty.run, backends }, acts: [act] };
  return sideBySide(summary, { words: words.en, width: 100, mark: (_verdict, shown) => shown });
}

test('a column for each backend, with its own time-to-visible and recovery', () => {
  const shown = table(expectation('embedded', 'met'), expectation('jaeger', 'met', { timeToVisibleMs: 5_400 }));
  expect(shown).toMatch(/act +expectation +embedded +jaeger/);
  expect(shown).toMatch(/slow .*met 4\.2 s +met 5\.4 s/);
  expect(shown).toMatch(/↩ met 8\.1 s/);
  expect(shown).not.toContain('do not agree');
});

test('what is computed from traces is marked, and explained', () => {
  const shown = table(expectation('embedded', 'met'), expectation('jaeger', 'met', { how: 'computed' }));
  expect(shown).toMatch(/met\* 4\.2 s/);
  expect(shown).toContain('* computed by Showrunner from the traces of the backend');
});

test('where they do not agree, each says why, with its numbers', () => {
  const shown = table(
    expectation('embedded', 'met'),
    expectation('tempo', 'unverified', { reason: 'tempo did not answer' }),
  );
  expect(shown).toMatch(/do not agree:\n {2}slow: payment POST/);
  expect(shown).toMatch(/embedded: met p95 as embedded has it · p95Ms 1\s?400/);
  expect(shown).toContain('tempo: unverified tempo did not answer');
});
