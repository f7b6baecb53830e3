import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What a folder may import from the rest of orchestrator/; `errors`, `exit-codes`, `host` and `clock` are everybody's. */
const allowed: Record<string, readonly string[]> = {
  show: ['faults', 'expectations', 'runtime', 'talk', 'load', 'backends', 'conductor/events'],
  talk: ['show', 'runtime'],
  runtime: [],
  load: ['show', 'runtime'],
  telemetry: ['backends', 'conductor/events'],
  backends: ['telemetry', 'runtime/process'],
  config: ['show', 'backends'],
  expectations: ['backends', 'show', 'conductor/events'],
  faults: ['runtime'],
  doctor: ['runtime'],
  conductor: [
    'show',
    'faults',
    'load',
    'backends',
    'expectations',
    'runtime',
    'talk',
    'telemetry',
    'reports/report.ts',
  ],
  reports: ['conductor', 'show', 'talk', 'backends', 'expectations', 'load', 'faults/fault.ts', 'runtime/runtime.ts'],
};
const everybodys = ['clock', 'errors.ts', 'exit-codes.ts', 'host.ts', 'package-root.ts'];

function imports(file: string): string[] {
  const source = readFileSync(resolve(root, file), 'utf8');
  return [...source.matchAll(/\bfrom '(\.[^']+)'/g)].map((match) =>
    relative(root, resolve(root, dirname(file), match[1] ?? '')),
  );
}

const files = (pattern: string) => globSync(pattern, { cwd: root }).toSorted();

test('the services never import the orchestrator, nor the reverse', () => {
  const wrong = [
    ...files('services/**/*.ts'),
    ...files('orchestrator/**/*.ts'),
    ...files('load-profiles/**/*.ts'),
  ].flatMap((file) =>
    imports(file)
      .filter((target) => target.split('/')[0] !== file.split('/')[0])
      .map((target) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('inside the orchestrator every arrow points the way docs/architecture.md says', () => {
  const wrong = files('orchestrator/*/**/*.ts')
    .filter((file) => !file.startsWith('orchestrator/cli/'))
    .flatMap((file) => {
      const folder = file.split('/')[1] ?? '';
      return imports(file)
        .map((target) => target.replace(/^orchestrator\//, ''))
        .filter((target) => {
          const [top = ''] = target.split('/');
          return (
            top !== folder &&
            !everybodys.includes(top) &&
            !(allowed[folder] ?? []).some((arrow) => target.startsWith(arrow))
          );
        })
        .map(
          (target) =>
            `${file} imports ${target}: ${folder} may import ${(allowed[folder] ?? []).join(', ') || 'nothing else'}`,
        );
    });
  expect(wrong).toEqual([]);
});
