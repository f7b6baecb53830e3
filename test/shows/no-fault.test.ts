import { expect, test } from 'vitest';
import { playWith } from '../support/play.ts';
import { showFolder } from '../support/show-folder.ts';

const show = showFolder(
  'no-fault',
  `  - act: calm
    for: 20s
    expect:
      - quiet: { services: all }
  - act: still-calm
    for: 25s
    expect:
      - quiet: { services: all }
`,
);

test('a show with load and no fault is quiet in every act', async () => {
  const { exitCode, summary } = await playWith(show, () => ({}));
  expect(
    summary.acts.map(({ expectations }) => expectations.map(({ verdict, reason }) => ({ verdict, reason }))),
  ).toEqual([
    [{ verdict: 'met', reason: expect.any(String) as string }],
    [{ verdict: 'met', reason: expect.any(String) as string }],
  ]);
  expect(exitCode).toBe(0);
});
