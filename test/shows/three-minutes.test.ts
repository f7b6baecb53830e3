import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../orchestrator/conductor/journal.ts';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { notMet } from '../support/summaries.ts';
import { onlyRun, start, temporaryFolder } from '../support/showrunner.ts';

test('run three-minutes tells its talk in Japanese on live traces, keeps its times, and is met', async () => {
  const runsDir = temporaryFolder('runs');
  const { code, stdout, stderr } = await start(['run'], { SHOWRUNNER_RUNS_DIR: runsDir, LANG: 'ja_JP.UTF-8' }).finished;
  const runDir = onlyRun(runsDir);
  const summary = JSON.parse(readFileSync(join(runDir, 'summary.json'), 'utf8')) as Summary;
  expect(notMet(summary)).toEqual([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('トレース');
  // A talk that is spoken to the clock: an act that starts late is out of step with its speaker.
  for (const { act, startJitterMs } of summary.acts) expect(startJitterMs, act).toBeLessThan(500);
  expect(summary.footprint.peakPssMb).toBeLessThanOrEqual(1_000);

  const events = await readJournal(join(runDir, 'journal.jsonl'));
  const parts = events.flatMap((event) => (event.type === 'cue' ? event.parts : []));
  const traces = parts.filter((part) => part.kind === 'trace');
  expect(traces.length).toBeGreaterThanOrEqual(4);
  for (const { trace, service, route } of traces) expect(trace, `${service} ${route}`).toBeDefined();
  const servers = parts.filter((part) => part.kind === 'servers');
  expect(servers.length).toBeGreaterThanOrEqual(3);
  // The talk's point: a server monitor sees nothing.
  for (const { up, expected } of servers) expect(up).toBe(expected);
});
