import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Problem, ProblemsError } from '../../../orchestrator/errors.ts';
import { profileOfScript, readProfiles } from '../../../orchestrator/load/profiles.ts';

const dir = mkdtempSync(join(tmpdir(), 'profiles-'));
afterAll(() => rmSync(dir, { recursive: true }));

function problemsOf(yaml: string): readonly Problem[] {
  const file = join(dir, 'profiles.yaml');
  writeFileSync(file, yaml);
  try {
    readProfiles(file);
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  return [];
}

test('the profiles of the repository name scripts that exist, and routes of the shop', () => {
  const profiles = readProfiles('load-profiles/profiles.yaml');
  expect(profiles.map(({ name }) => name)).toContain('shoppers');
  expect(profiles[0]?.script).toBe(resolve('load-profiles/shoppers.ts'));
  expect(profiles[0]?.reaches?.['catalog']).toContain('GET /products');
});

test('everything wrong in a profile is reported at once, each at its line', () => {
  const problems = problemsOf(
    'profiles:\n  mine:\n    script: mine.ts\n    title: { en: Mine }\n    reaches:\n      cart: [carts]\n    rate: 3\n',
  );
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('profiles.mine.title.ja'),
    expect.stringContaining('a route is written like'),
    expect.stringContaining('rate'),
  ]);
  expect(problems.map(({ at }) => at.line)).toEqual([4, 6, 3]);
});

test('a syntax error of YAML is reported with its line', () => {
  expect(problemsOf('profiles:\n  mine: [\n')[0]?.at.line).toBe(3);
});

test('a script that does not exist is reported where it is named', () => {
  const problems = problemsOf(
    'profiles:\n  mine:\n    script: gone.ts\n    title: { en: Mine, ja: 私の }\n    reaches: {}\n',
  );
  expect(problems).toMatchObject([{ message: expect.stringContaining('gone.ts') as string, at: { line: 3, col: 13 } }]);
});

test("a user's own script is a profile of which nobody knows what it reaches", () => {
  writeFileSync(join(dir, 'own.ts'), '');
  expect(profileOfScript('own.ts', dir)).toMatchObject({
    name: 'own.ts',
    script: join(dir, 'own.ts'),
    reaches: undefined,
  });
  expect(() => profileOfScript('other.ts', dir)).toThrow(ProblemsError);
});
