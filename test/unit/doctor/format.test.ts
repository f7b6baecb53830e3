import pc from 'picocolors';
import { expect, test } from 'vitest';
import type { Result } from '../../../orchestrator/doctor/examine.ts';
import { formatResults } from '../../../orchestrator/doctor/format.ts';

const results: readonly Result[] = [
  { name: 'node', level: 'ok', found: '24.21.0' },
  { name: 'engine', level: 'warning', found: 'none', remedy: 'sudo systemctl start docker' },
  { name: 'memory', level: 'problem', found: '0.4 GB', remedy: 'ps -e' },
  { name: 'cgroup', level: 'not looked at', found: 'there is no engine' },
  { name: 'images', level: 'not looked at', found: 'there is no engine' },
];

test('findings are aligned, each remedy is below, and what was not looked at is said once', () => {
  expect(formatResults(results, pc.createColors(false))).toBe(`✔ ok             node    24.21.0
! warning        engine  none
                         → sudo systemctl start docker
✘ problem        memory  0.4 GB
                         → ps -e
– not looked at  cgroup, images: there is no engine

1 problem, 1 warning, 2 not looked at
`);
});

test('without a problem that is said too', () => {
  expect(formatResults(results.slice(0, 1), pc.createColors(false))).toBe(
    '✔ ok             node  24.21.0\n\nno problems, no warnings\n',
  );
});

test('colours leave the columns where they are', () => {
  const escapes = new RegExp(String.raw`${'\u001B'}\[\d+m`, 'g');
  const coloured = formatResults(results, pc.createColors(true));
  expect(coloured).toContain('\u001B[31m✘ problem');
  expect(coloured.replaceAll(escapes, '')).toBe(formatResults(results, pc.createColors(false)));
});
