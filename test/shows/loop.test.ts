import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { showFolder } from '../support/show-folder.ts';
import { notMet } from '../support/summaries.ts';
import { start, temporaryFolder } from '../support/showrunner.ts';

const calm = '  - act: calm\n    for: 14s\n    expect:\n      - quiet: { services: [storefront, catalog] }\n';

test('loop plays each round on a fresh shop, and tells the worst of its rounds', async () => {
  const runsDir = temporaryFolder('runs');
  const args = ['loop', showFolder('calm', calm), '--rounds', '2', '--json', '--runs-dir', runsDir];
  const { code, stdout, stderr } = await start(args).finished;
  const runs = readdirSync(runsDir).map(
    (run) => JSON.parse(readFileSync(join(runsDir, run, 'summary.json'), 'utf8')) as Summary,
  );
  expect(runs.flatMap((summary) => notMet(summary))).toEqual([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(runs.map(({ run }) => run.outcome)).toEqual(['passed', 'passed']);
  expect(runs.map(({ leftovers }) => leftovers)).toEqual([[], []]);
  // One JSON document a round, and nothing else.
  expect(
    stdout
      .trim()
      .split(/\n(?=\{)/)
      .map((text) => (JSON.parse(text) as Summary).run.id)
      .toSorted(),
  ).toEqual(readdirSync(runsDir).toSorted());
  const [first, second] = runs.toSorted((a, b) => a.run.startedAt.localeCompare(b.run.startedAt));
  expect(Date.parse(second?.run.startedAt ?? '')).toBeGreaterThan(Date.parse(first?.run.endedAt ?? ''));
  // Each round counts from its own start, not from that of the command.
  expect(second?.readyMs).toBeLessThan(14_000);
});
